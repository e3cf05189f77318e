// SPDX-License-Identifier: MIT
#ifndef STET_DIFFS_IMPL_FLOAT_DIFFERENCE_HPP
#define STET_DIFFS_IMPL_FLOAT_DIFFERENCE_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <span>

namespace STET_NAMESPACE::diffs {

struct difference;

} // namespace STET_NAMESPACE::diffs

namespace STET_NAMESPACE::detail {

/// Adds how far two numbers are apart. The caller counts the elements.
void add_pair(double one, double other, diffs::difference& apart) noexcept;

/// Adds how far floats are apart that lie side by side in both; several at a time, at the pace of memory. The caller
/// counts the elements.
/// type:    F32, F16 or BF16
/// newest:  whether instructions are used that only some processors have, where this is one of them
/// returns: false for any other; nothing is added then
[[nodiscard]] bool add_floats(dtype type, std::span<const std::byte> first, std::span<const std::byte> second,
                              diffs::difference& apart, bool newest = true) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "float_difference.ipp"
#endif

#endif
