// SPDX-License-Identifier: MIT
#ifndef EXAMPLE_SIZE_IN_MEMORY_HPP
#define EXAMPLE_SIZE_IN_MEMORY_HPP

#include <cstddef>

namespace example {

/// A count of bytes that lie in memory, as memory counts them: sizes of files have 64 bits on every machine.
template <class Size>
constexpr std::size_t size_in_memory(Size size)
{
    return static_cast<std::size_t>(size);
}

} // namespace example

#endif
