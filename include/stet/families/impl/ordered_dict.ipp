// SPDX-License-Identifier: MIT
#include "../ordered_dict.hpp"

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

} // namespace STET_NAMESPACE
