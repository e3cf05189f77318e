// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../rearrangement.hpp"

namespace STET_NAMESPACE {

STET_INLINE ordered_dict::ordered_dict(const allocator& memory) noexcept
    : entries_(memory), tensors_(memory), index_(memory)
{
}

STET_INLINE bool ordered_dict::reserve(std::size_t count) noexcept
{
    return entries_.reserve(count) && index_.reserve(count);
}

STET_INLINE const ordered_dict::entry* ordered_dict::find(const placed_name& name) const noexcept
{
    const std::uint32_t at = position(name);
    return at == detail::name_table::none ? nullptr : &entries_[at];
}

STET_INLINE result<bool> ordered_dict::set(const placed_name& name, const tensor_view& tensor) noexcept
{
    const auto kept = keep(name, tensor);
    return kept ? share(name, **kept) : result<bool>(kept.error());
}

STET_INLINE result<void> ordered_dict::append(const placed_name& name, const tensor_view& tensor) noexcept
{
    const auto kept = keep(name, tensor);
    if (!kept)
        return kept.error();
    if (!entries_.push({.name = name, .tensor = *kept, .is_present = true}))
        return exhausted();
    is_indexed_ = false;
    return {};
}

STET_INLINE result<bool> ordered_dict::share(const placed_name& name, const tensor_view& tensor) noexcept
{
    const std::uint32_t hashed = hash(name);
    const std::uint32_t at = position(name, hashed);
    if (at != detail::name_table::none) {
        entries_[at].tensor = &tensor;
        return true;
    }
    const auto added = static_cast<std::uint32_t>(entries_.size());
    if (!entries_.push(
            {.name = name, .tensor = &tensor, .is_present = true}) || // `name` may have lain in there
        (is_indexed_ && !index_.insert(entries_[added].name, hashed, added, name_at())))
        return exhausted();
    return false;
}

STET_INLINE bool ordered_dict::remove(const placed_name& name) noexcept
{
    const std::uint32_t at = position(name);
    if (at == detail::name_table::none)
        return false;
    if (is_indexed_)
        index_.remove(name, hash(name), name_at());
    entries_[at].is_present = false;
    return true;
}

STET_INLINE bool ordered_dict::begins_with(const placed_name& name, std::string_view beginning) noexcept
{
    if (name.size() < beginning.size())
        return false;
    const std::string_view first = name.prefix.empty() ? name.stem : name.prefix;
    if (first.size() >= beginning.size()) {
        std::size_t i = 0; // most names differ in the first characters
        while (i < beginning.size() && first[i] == beginning[i])
            ++i;
        return i == beginning.size();
    }
    for (std::size_t i = 0; i < beginning.size(); ++i) {
        if (name[i] != beginning[i])
            return false;
    }
    return true;
}

STET_INLINE result<std::string_view> ordered_dict::without_beginning(const placed_name& name,
                                                                     std::size_t        skipped,
                                                                     detail::arena&     texts) noexcept
{
    if (skipped >= name.prefix.size())
        return name.stem.substr(skipped - name.prefix.size());
    const std::size_t size = name.size() - skipped;
    char* const       joined = texts.text(size);
    if (joined == nullptr)
        return exhausted();
    for (std::size_t i = 0; i < size; ++i)
        joined[i] = name[skipped + i];
    return std::string_view(joined, size);
}

STET_INLINE result<const tensor_view*> ordered_dict::keep(const placed_name& name,
                                                          const tensor_view& tensor) noexcept
{
    if (tensor.shape.problem() != errc{})
        return detail::axes_error(tensor.shape).about(name.prefix, name.stem);
    if (tensor.strides.problem() != errc{})
        return detail::axes_error(tensor.strides).about(name.prefix, name.stem);
    const tensor_view* const kept = tensors_.keep(tensor);
    return kept == nullptr ? result<const tensor_view*>(exhausted()) : kept;
}

STET_INLINE std::uint32_t ordered_dict::position(const placed_name& name, std::uint32_t hash) const noexcept
{
    if (!is_indexed_)
        is_indexed_ = build_index();
    if (is_indexed_)
        return index_.find(name, hash, name_at());
    for (std::size_t at = 0; at < entries_.size(); ++at) {
        if (entries_[at].is_present && entries_[at].name == name)
            return static_cast<std::uint32_t>(at);
    }
    return detail::name_table::none;
}

STET_INLINE bool ordered_dict::build_index() const noexcept
{
    index_.clear(); // its seed stays, names may have been hashed already
    if (!index_.reserve(entries_.size()))
        return false;
    for (std::size_t at = 0; at < entries_.size(); ++at) {
        entry& present = entries_[at];
        if (!present.is_present)
            continue;
        const std::uint32_t hashed = hash(present.name);
        const std::uint32_t earlier = index_.find(present.name, hashed, name_at());
        if (earlier != detail::name_table::none) {
            entries_[earlier].tensor = present.tensor;
            present.is_present = false;
            repeated_ = present.name;
        } else if (!index_.insert(present.name, hashed, static_cast<std::uint32_t>(at), name_at())) {
            return false;
        }
    }
    return true;
}

STET_INLINE result<void> ordered_dict::rename_at_once(std::string_view from, std::string_view to,
                                                      detail::arena& texts)
{
    detail::growing_array<entry> renamed(memory());
    if (!renamed.reserve(entries_.size()))
        return exhausted();
    for (const entry& present : entries_) {
        if (present.is_present && !begins_with(present.name, from) && !renamed.push(present))
            return exhausted();
    }
    for (const entry& present : entries_) {
        if (!present.is_present || !begins_with(present.name, from))
            continue;
        const auto stem = without_beginning(present.name, from.size(), texts);
        if (!stem)
            return stem.error();
        if (!renamed.push(
                {.name = {.prefix = to, .stem = *stem}, .tensor = present.tensor, .is_present = true}))
            return exhausted();
    }
    entries_ = std::move(renamed);
    is_indexed_ = false;
    return {};
}

STET_INLINE result<void> ordered_dict::rename_prefix(std::string_view from, std::string_view to,
                                                     detail::arena&                                 texts,
                                                     function_ref<result<void>(const placed_name&)> collide)
{
    for (const entry& present : entries_) {
        if (present.is_present && begins_with(present.name, to))
            return rename_one_by_one(from, to, texts, collide);
    }
    return rename_at_once(from, to, texts);
}

STET_INLINE result<void> ordered_dict::rename_one_by_one(
    std::string_view from, std::string_view to, detail::arena& texts,
    function_ref<result<void>(const placed_name&)> collide)
{
    detail::growing_array<placed_name> matching(memory());
    for (const entry& present : entries_) {
        if (present.is_present && begins_with(present.name, from) && !matching.push(present.name))
            return exhausted();
    }
    for (const placed_name& name : matching) {
        const tensor_view* const kept = entries_[position(name)].tensor;
        remove(name);
        const auto stem = without_beginning(name, from.size(), texts);
        if (!stem)
            return stem.error();
        const placed_name renamed{.prefix = to, .stem = *stem};
        const auto        replaced = share(renamed, *kept);
        if (!replaced)
            return replaced.error();
        if (!*replaced)
            continue;
        if (auto collided = collide(renamed); !collided)
            return collided;
    }
    return {};
}

STET_INLINE rearrangement::rearrangement(change_log& log, std::uint8_t component, strictness how) noexcept
    : dict(log.changes.memory()), log_(&log), component_(component), how_(how)
{
}

STET_INLINE result<void> rearrangement::log(change::kind what, const placed_name& name) noexcept
{
    if (!log_->changes.push({.what = what, .component = component_, .name = name}))
        return detail::out_of_memory(sizeof(change));
    return {};
}

STET_INLINE result<void> rearrangement::set_new(ordered_dict& in, const placed_name& name,
                                                const tensor_view& tensor) noexcept
{
    const auto replaced = in.set(name, tensor);
    if (!replaced)
        return replaced.error();
    return *replaced ? collided(name) : result<void>();
}

STET_INLINE result<void> rearrangement::share_new(ordered_dict& in, const placed_name& name,
                                                  const tensor_view& kept) noexcept
{
    const auto replaced = in.share(name, kept);
    if (!replaced)
        return replaced.error();
    return *replaced ? collided(name) : result<void>();
}

STET_INLINE result<void> rearrangement::collided(const placed_name& name) noexcept
{
    if (is_strict())
        return error{.code = errc::name_collision}.about(name.prefix, name.stem);
    return log(change::kind::replaced, name);
}

STET_INLINE result<void> rearrangement::leave_out(const placed_name& name) noexcept
{
    return dict.remove(name) ? log(change::kind::left_out, name) : result<void>();
}

STET_INLINE result<void> rearrangement::rename_prefix(std::string_view from, std::string_view to)
{
    return dict.rename_prefix(from, to, log_->own,
                              [this](const placed_name& name) { return collided(name); });
}

} // namespace STET_NAMESPACE
