// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_ORDERED_DICT_HPP
#define STET_FAMILIES_IMPL_ORDERED_DICT_HPP

#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/array_view.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../../tensor/tensor_view.hpp"
#include "name_index.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// A state dict that remembers the order in which its names were set, as Python's dict does: setting a name that is
/// there replaces the tensor and keeps the place, setting a removed one appends it anew.
/// lifetime: borrows names and tensors
class ordered_dict {
public:
    struct entry {
        placed_name        name{};
        const tensor_view* tensor = nullptr;
        bool               is_present = false;
    };

    explicit ordered_dict(const allocator& memory) noexcept
        : entries_(memory), tensors_(memory), index_(memory)
    {
    }

    /// Includes removed entries, which are not present.
    array_view<const entry> entries() const noexcept { return entries_.view(); }
    const tensor_view&      tensor(const entry& of) const noexcept { return *of.tensor; }
    const allocator&        memory() const noexcept { return entries_.memory(); }

    /// Makes room for that many names. False when the allocator gave nothing.
    [[nodiscard]] bool reserve(std::size_t count) noexcept
    {
        return entries_.reserve(count) && index_.reserve(count);
    }

    const entry* find(const placed_name& name) const noexcept
    {
        const std::uint32_t at = position(name);
        return at == name_index::none ? nullptr : &entries_[at];
    }

    /// Sets the name's tensor, of which it keeps a copy.
    /// returns: whether the name was there already
    /// errors:  negative_dimension, borrowed_axes_expired, out_of_memory
    result<bool> set(const placed_name& name, const tensor_view& tensor) noexcept
    {
        const auto kept = keep(name, tensor);
        return kept ? share(name, **kept) : result<bool>(kept.error());
    }

    /// Adds a name that should not be there yet, without looking. If it is, the later tensor takes the place of the
    /// earlier as soon as names are looked up; repeated() tells.
    /// errors: those of set
    result<void> append(const placed_name& name, const tensor_view& tensor) noexcept
    {
        const auto kept = keep(name, tensor);
        if (!kept)
            return kept.error();
        if (!entries_.push({.name = name, .tensor = *kept, .is_present = true}))
            return exhausted();
        is_indexed_ = false;
        return {};
    }

    /// A name that was appended twice, if a look-up has met one.
    const std::optional<placed_name>& repeated() const noexcept { return repeated_; }

    /// Sets the name's tensor, which stays where it is.
    /// lifetime: the tensor must outlive the dict, or belong to one whose tensors it keeps
    result<bool> share(const placed_name& name, const tensor_view& tensor) noexcept
    {
        const name_hash     hashed(name);
        const std::uint32_t at = position(name, hashed);
        if (at != name_index::none) {
            entries_[at].tensor = &tensor;
            return true;
        }
        const auto added = static_cast<std::uint32_t>(entries_.size());
        if (!entries_.push(
                {.name = name, .tensor = &tensor, .is_present = true}) || // `name` may have lain in there
            (is_indexed_ && !index_.insert(entries_[added].name, added, name_at())))
            return exhausted();
        return false;
    }

    /// Takes over the tensors of a dict that will go, where they are.
    void keep_tensors_of(ordered_dict& other) noexcept { tensors_.absorb(std::move(other.tensors_)); }

    /// Removes the name if it is there, and tells whether it was.
    bool remove(const placed_name& name) noexcept
    {
        const std::uint32_t at = position(name);
        if (at == name_index::none)
            return false;
        if (is_indexed_)
            index_.remove(name, at);
        entries_[at].is_present = false;
        return true;
    }

    /// Gives every name that begins with `from` now, in order, the beginning `to` instead: each is removed and set
    /// anew with the tensor it has at that moment, so it moves behind the names that do not begin so.
    /// to:      outlives the dict
    /// collide: called with each name that was there already, returns result<void>; an error ends the renaming
    /// errors:  out_of_memory, those of `collide`
    template <class Collide>
    result<void> rename_prefix(std::string_view from, std::string_view to, arena& texts, Collide collide)
    {
        for (const entry& present : entries_) {
            if (present.is_present && begins_with(present.name, to))
                return rename_one_by_one(from, to, texts, collide);
        }
        return rename_at_once(from, to, texts);
    }

    static bool begins_with(const placed_name& name, std::string_view beginning) noexcept
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

    /// The name from a position on, as one text.
    /// errors: out_of_memory
    static result<std::string_view> without_beginning(const placed_name& name, std::size_t skipped,
                                                      arena& texts) noexcept
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

private:
    static error exhausted() noexcept { return {.code = errc::out_of_memory, .expected = sizeof(entry)}; }

    /// A copy of a tensor whose axes can still be looked at.
    result<const tensor_view*> keep(const placed_name& name, const tensor_view& tensor) noexcept
    {
        if (tensor.shape.problem() != errc{})
            return axes_error(tensor.shape).about(name.prefix, name.stem);
        if (tensor.steps.problem() != errc{})
            return axes_error(tensor.steps).about(name.prefix, name.stem);
        const tensor_view* const kept = tensors_.keep(tensor);
        return kept == nullptr ? result<const tensor_view*>(exhausted()) : kept;
    }

    struct name_reader {
        const growing_array<entry>* entries;
        const placed_name& operator()(std::uint32_t at) const noexcept { return (*entries)[at].name; }
    };
    name_reader name_at() const noexcept { return {&entries_}; }

    /// Where a present name stands. The index is built when it is first needed; without memory for it, all are looked
    /// through.
    std::uint32_t position(const placed_name& name) const noexcept { return position(name, name_hash(name)); }

    std::uint32_t position(const placed_name& name, const name_hash& hashed) const noexcept
    {
        if (!is_indexed_)
            is_indexed_ = build_index();
        if (is_indexed_)
            return index_.find(name, hashed, name_at());
        for (std::size_t at = 0; at < entries_.size(); ++at) {
            if (entries_[at].is_present && entries_[at].name == name)
                return static_cast<std::uint32_t>(at);
        }
        return name_index::none;
    }

    bool build_index() const noexcept
    {
        index_ = name_index(memory());
        if (!index_.reserve(entries_.size()))
            return false;
        for (std::size_t at = 0; at < entries_.size(); ++at) {
            entry& present = entries_[at];
            if (!present.is_present)
                continue;
            const name_hash     hashed(present.name);
            const std::uint32_t earlier = index_.find(present.name, hashed, name_at());
            if (earlier != name_index::none) {
                entries_[earlier].tensor = present.tensor;
                present.is_present = false;
                repeated_ = present.name;
            } else if (!index_.insert(hashed, static_cast<std::uint32_t>(at), name_at())) {
                return false;
            }
        }
        return true;
    }

    /// As Python does it, where a new name may meet an old one.
    template <class Collide>
    result<void> rename_one_by_one(std::string_view from, std::string_view to, arena& texts, Collide collide)
    {
        growing_array<placed_name> matching(memory());
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

    /// No present name begins with `to`, so that none can be met: the same outcome in one go.
    result<void> rename_at_once(std::string_view from, std::string_view to, arena& texts)
    {
        growing_array<entry> renamed(memory());
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

    mutable growing_array<entry>       entries_; // a look-up may find repeated names
    arena                              tensors_;
    mutable name_index                 index_;
    mutable bool                       is_indexed_ = true;
    mutable std::optional<placed_name> repeated_;
};

} // namespace STET_NAMESPACE::detail

#endif
