// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "block_shape.hpp"
#include "writer_maker.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> accept(const block_settings& settings, std::uint64_t most) noexcept
{
    if (settings.blocks < 2 || settings.blocks > block_shape::most_blocks)
        return wrong_setting("blocks", settings.blocks, "2 to 32");
    if (settings.block_size == 0 || settings.block_size % direct_alignment != 0)
        return wrong_setting("block_size", settings.block_size, "a multiple of 4,096 bytes");
    // Each block has room for one alignment more, and so has the ring.
    if (settings.block_size > (most - direct_alignment) / settings.blocks - direct_alignment)
        return wrong_setting("block_size", settings.block_size,
                             "so small that all blocks together fit into memory");
    return {};
}

STET_INLINE block_shape shape_for(const block_settings& settings, std::uint64_t size) noexcept
{
    const std::uint64_t needed = size / direct_alignment * direct_alignment + direct_alignment;
    const std::size_t   block_size = needed < settings.block_size ? memory_size(needed) : settings.block_size;
    const std::uint64_t useful = needed / block_size + 1;
    return {.block_size = block_size,
            .blocks = useful < settings.blocks ? static_cast<unsigned>(useful) : settings.blocks};
}

} // namespace STET_NAMESPACE::detail
