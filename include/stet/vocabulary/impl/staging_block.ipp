// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "staging_block.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<staging_block> staging_block::make(std::size_t size, const allocator& memory) noexcept
{
    growing_array<line> lines(memory);
    if (!lines.resize(size / sizeof(line) + (size % sizeof(line) != 0 ? 1 : 0)))
        return detail::out_of_memory(size);
    return staging_block(std::move(lines), size);
}

STET_INLINE std::span<std::byte> staging_block::bytes() noexcept
{
    return {lines_.empty() ? nullptr : lines_[0].bytes.data(), size_};
}

STET_INLINE staging_block::staging_block(growing_array<line> lines, std::size_t size) noexcept
    : lines_(std::move(lines)), size_(size)
{
}

} // namespace STET_NAMESPACE::detail
