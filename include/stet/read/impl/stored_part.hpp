// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_STORED_PART_HPP
#define STET_READ_IMPL_STORED_PART_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../checkpoint_header.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A run of a tensor's bytes.
struct stored_part {
    std::uint64_t offset = 0; ///< from the tensor's first byte
    std::uint64_t size = 0;

    friend constexpr bool operator==(const stored_part&, const stored_part&) noexcept = default;
};

/// The bytes of the tensor from index `begin` up to, not including, `end` of its first axis.
/// errors: no_such_axis for a scalar or a range the tensor does not have; partial_byte, with the bits of one index,
///         where 4- or 6-bit elements share a byte with a neighbour
result<stored_part> rows(const stored_tensor& tensor, std::uint64_t begin, std::uint64_t end) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "stored_part.ipp"
#endif

#endif
