// SPDX-License-Identifier: MIT

#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../splitting.hpp"

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

STET_INLINE splitting::splitting(change_log& log, strictness how) noexcept
    : rest(log.changes.memory()), claims_(log.changes.memory()), log_(&log), how_(how)
{
}

STET_INLINE result<void> splitting::claim(std::string_view prefix) noexcept
{
    return claims_.push(prefix) ? result<void>() : result<void>(exhausted());
}

STET_INLINE result<void> splitting::take(std::string_view from, std::string_view to, ordered_dict& into)
{
    for (std::size_t i = 0; i < rest.entries().size(); ++i) {
        const ordered_dict::entry entry = rest.entries()[i];
        if (!entry.is_present || !ordered_dict::begins_with(entry.name, from) ||
            is_claimed(entry.name, from.size()))
            continue;
        // The first look-up gives a name that was given twice its later tensor.
        const ordered_dict::entry* const found = rest.find(entry.name);
        if (found == nullptr)
            continue;
        const tensor_view* const tensor = found->tensor;
        rest.remove(entry.name);
        const auto stem = ordered_dict::without_beginning(entry.name, from.size(), own());
        if (!stem)
            return stem.error();
        if (auto put = share(into, {.prefix = to, .stem = *stem}, *tensor); !put)
            return put;
    }
    return {};
}

STET_INLINE result<bool> splitting::rename(ordered_dict& in, const placed_name& from, const placed_name& to)
{
    const ordered_dict::entry* const found = in.find(from);
    if (found == nullptr)
        return false;
    const tensor_view* const tensor = found->tensor;
    in.remove(from);
    if (auto put = share(in, to, *tensor); !put)
        return put.error();
    return true;
}

STET_INLINE result<void> splitting::share(ordered_dict& in, const placed_name& name,
                                          const tensor_view& tensor)
{
    const auto replaced = in.share(name, tensor);
    if (!replaced)
        return replaced.error();
    return *replaced ? collided(name) : result<void>();
}

STET_INLINE result<void> splitting::set(ordered_dict& in, const placed_name& name, const tensor_view& tensor)
{
    const tensor_view* const kept = own().keep(tensor);
    return kept == nullptr ? result<void>(exhausted()) : share(in, name, *kept);
}

STET_INLINE result<void> splitting::collided(const placed_name& name)
{
    if (is_strict())
        return error{.code = errc::name_collision}.about(name.prefix, name.stem);
    return log(change::kind::replaced, name);
}

STET_INLINE result<void> splitting::log(change::kind what, const placed_name& name)
{
    return log_->changes.push({.what = what, .name = name}) ? result<void>() : result<void>(exhausted());
}

STET_INLINE error splitting::exhausted() noexcept
{
    return detail::out_of_memory(sizeof(ordered_dict::entry));
}

STET_INLINE bool splitting::is_claimed(const placed_name& name, std::size_t by_more_than) const noexcept
{
    for (const std::string_view claim : claims_) {
        if (claim.size() > by_more_than && is_strict() && ordered_dict::begins_with(name, claim))
            return true;
    }
    return false;
}

} // namespace STET_NAMESPACE
