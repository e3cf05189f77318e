// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_STORED_PART_HPP
#define STET_READ_IMPL_STORED_PART_HPP

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
inline result<stored_part> rows(const stored_tensor& tensor, std::uint64_t begin, std::uint64_t end) noexcept
{
    if (tensor.shape.empty())
        return error{.code = errc::no_such_axis}.about(tensor.name);
    const std::uint64_t count = tensor.shape[0];
    if (begin > end || end > count)
        return error{.code = errc::no_such_axis, .expected = count, .actual = begin > end ? begin : end}
            .about(tensor.name);
    if (tensor.size() == 0)
        return stored_part{};
    // No product passes 2^64: all of the tensor's bits are less, as the header's check has seen.
    const std::uint64_t row_bits = tensor.size() * 8 / count;
    if (begin * row_bits % 8 != 0 || end * row_bits % 8 != 0)
        return error{.code = errc::partial_byte, .actual = row_bits}.about(tensor.name);
    return stored_part{.offset = begin * row_bits / 8, .size = (end - begin) * row_bits / 8};
}

} // namespace STET_NAMESPACE::detail

#endif
