// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_OUT_OF_MEMORY_HPP
#define STET_VOCABULARY_IMPL_OUT_OF_MEMORY_HPP

#include "../error.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The allocator gave nothing for that many bytes.
STET_COLD constexpr error out_of_memory(std::uint64_t bytes) noexcept
{
    return {.code = errc::out_of_memory, .expected = bytes};
}

} // namespace STET_NAMESPACE::detail

#endif
