// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_MEMORY_SIZE_HPP
#define STET_VOCABULARY_IMPL_MEMORY_SIZE_HPP

#include "../config.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A count of bytes that are known to lie in memory, as the machine's size type: sizes of files have 64 bits
/// everywhere, those of memory may have 32.
template <std::same_as<std::uint64_t> Size>
constexpr std::size_t memory_size(Size size) noexcept
{
    STET_ASSERT(size <= SIZE_MAX, "stet: bytes in memory cannot be more than memory holds");
    return static_cast<std::size_t>(size);
}

/// The same for a distance between two elements in memory.
template <std::same_as<std::int64_t> Distance>
constexpr std::ptrdiff_t memory_distance(Distance distance) noexcept
{
    return static_cast<std::ptrdiff_t>(distance);
}

/// What std::min does; <algorithm> takes a compiler longer than all that includes this.
template <class Size>
constexpr Size smaller_size(Size a, Size b) noexcept
{
    return b < a ? b : a;
}

} // namespace STET_NAMESPACE::detail

#endif
