// SPDX-License-Identifier: MIT
#ifndef STET_DIFFS_IMPL_VALUE_DIFFERENCE_HPP
#define STET_DIFFS_IMPL_VALUE_DIFFERENCE_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::diffs {

struct difference;

} // namespace STET_NAMESPACE::diffs

namespace STET_NAMESPACE::detail {

/// Elements that lie side by side, as a file has them.
struct typed_bytes {
    dtype                      type = dtype::u8;
    std::span<const std::byte> bytes{};
};

/// Adds up how far the numbers of two runs of equally many elements are apart.
/// returns: false where they are not compared as numbers
[[nodiscard]] bool add_differences(const typed_bytes& first, const typed_bytes& second,
                                   diffs::difference& apart) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "value_difference.ipp"
#endif

#endif
