// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../split_checkpoint.hpp"

namespace STET_NAMESPACE {

STET_INLINE split_checkpoint::split_checkpoint(const allocator& memory) noexcept
    : model(memory), text_encoder(memory), vae(memory), vision_encoder(memory), seconds_start(memory),
      seconds_total(memory), extra(memory), leftover(memory), log_(memory)
{
}

STET_INLINE std::uint64_t split_part::byte_size() const noexcept
{
    std::uint64_t total = 0;
    for (const named_tensor& entry : entries_)
        total += entry.tensor.size;
    return total;
}

STET_INLINE const tensor_view* split_part::find(std::string_view name) const noexcept
{
    for (const named_tensor& entry : entries_) {
        if (entry.name == name)
            return &entry.tensor;
    }
    return nullptr;
}

STET_INLINE result<void> split_part::assign(const ordered_dict& dict, detail::arena& texts)
{
    std::size_t count = 0;
    for (const ordered_dict::entry& entry : dict.entries())
        count += entry.is_present ? 1U : 0U;
    entries_.clear();
    if (!entries_.reserve(count))
        return detail::out_of_memory(count * sizeof(named_tensor));
    for (const ordered_dict::entry& entry : dict.entries()) {
        if (!entry.is_present)
            continue;
        const auto name = ordered_dict::without_beginning(entry.name, 0, texts);
        if (!name)
            return name.error();
        if (!entries_.push({.name = *name, .tensor = dict.tensor(entry)}))
            return detail::out_of_memory(sizeof(named_tensor));
    }
    return {};
}

} // namespace STET_NAMESPACE
