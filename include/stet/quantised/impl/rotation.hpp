// SPDX-License-Identifier: MIT
// The rotation under which some formats store their rows: a Hadamard matrix of a power of four, which is its own
// inverse.
#ifndef STET_QUANTISED_IMPL_ROTATION_HPP
#define STET_QUANTISED_IMPL_ROTATION_HPP

#include "../../vocabulary/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Whether there is a rotation of that size: 4, 16, 64 and so on.
constexpr bool is_rotation_size(std::uint64_t size) noexcept
{
    return size >= 4 && std::has_single_bit(size) && std::countr_zero(size) % 2 == 0;
}

/// Rotates each group of neighbours in place.
/// count: a multiple of `group`
/// group: a size of which there is a rotation
void rotate_groups(float* values, std::size_t count, std::size_t group) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "rotation.ipp"
#endif

#endif
