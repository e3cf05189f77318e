// SPDX-License-Identifier: MIT
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "value_block.hpp"

#include <bit>

namespace STET_NAMESPACE::detail {

STET_INLINE value_block::value_block(sink_ref destination, std::size_t width,
                                     const allocator& memory) noexcept
    : destination_(destination), width_(width), own_(memory)
{
}

STET_INLINE result<std::span<std::byte>> value_block::room(std::uint64_t wanted)
{
    if (room_.size() - used_ >= width_)
        return room_.subspan(used_);
    if (auto passed = flush(); !passed)
        return passed.error();
    const std::uint64_t most = block_size / width_;
    const std::size_t   size = memory_size(smaller_size(wanted, most)) * width_;
    const auto          lent = destination_.lend(size);
    if (!lent)
        return lent.error();
    if (lent->size() >= smaller_size(size, std::size_t{4096})) {
        room_ = lent->first(smaller_size(lent->size(), block_size));
        return room_;
    }
    if (!own_.resize(block_size))
        return error{.code = errc::out_of_memory, .expected = block_size};
    room_ = {own_.data(), own_.size()};
    return room_;
}

STET_INLINE result<void> value_block::flush()
{
    const bytes made = room_.first(used_);
    room_ = {};
    used_ = 0;
    if (made.empty())
        return {};
    if constexpr (std::endian::native == std::endian::big) {
        if (width_ > 1)
            return write_swapped(made, width_, destination_);
    }
    return destination_.write(made);
}

} // namespace STET_NAMESPACE::detail
