// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_REARRANGEMENT_HPP
#define STET_FAMILIES_REARRANGEMENT_HPP

#include "../layout/layout.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/name_table.hpp"
#include "../vocabulary/impl/out_of_memory.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// A state dict that remembers the order in which its names were set, as Python's dict does: setting a name that is
/// there replaces the tensor and keeps the place, setting a removed one appends it anew.
/// lifetime: borrows names and tensors
class ordered_dict {
public:
    /// A name and its tensor, or the place of a removed one.
    struct entry {
        placed_name        name{};             ///< the key
        const tensor_view* tensor = nullptr;   ///< what the name leads to, or led to
        bool               is_present = false; ///< whether it was not removed
    };

    /// An empty dict; what it needs comes from `memory`.
    explicit ordered_dict(const allocator& memory) noexcept;

    /// Includes removed entries, which are not present.
    array_view<const entry> entries() const noexcept { return entries_.view(); }
    /// The tensor of an entry that is present.
    const tensor_view& tensor(const entry& of) const noexcept { return *of.tensor; }
    /// Where memory comes from.
    const allocator& memory() const noexcept { return entries_.memory(); }

    /// Makes room for that many names. False when the allocator gave nothing.
    [[nodiscard]] bool reserve(std::size_t count) noexcept;

    /// The entry of that name, or null.
    const entry* find(const placed_name& name) const noexcept;

    /// Sets the name's tensor, of which it keeps a copy.
    /// returns: whether the name was there already
    /// errors:  negative_dimension, borrowed_axes_expired, out_of_memory
    result<bool> set(const placed_name& name, const tensor_view& tensor) noexcept;

    /// Adds a name that should not be there yet, without looking. If it is, the later tensor takes the place of the
    /// earlier as soon as names are looked up; repeated() tells.
    /// errors: those of set
    result<void> append(const placed_name& name, const tensor_view& tensor) noexcept;

    /// A name that was appended twice, if a look-up has met one.
    const std::optional<placed_name>& repeated() const noexcept { return repeated_; }

    /// Sets the name's tensor, which stays where it is.
    /// lifetime: the tensor must outlive the dict, or belong to one whose tensors it keeps
    result<bool> share(const placed_name& name, const tensor_view& tensor) noexcept;

    /// Takes over the tensors of a dict that will go, where they are.
    void keep_tensors_of(ordered_dict& other) noexcept { tensors_.absorb(std::move(other.tensors_)); }

    /// Removes the name if it is there, and tells whether it was.
    bool remove(const placed_name& name) noexcept;

    /// Gives every name that begins with `from` now, in order, the beginning `to` instead: each is removed and set
    /// anew with the tensor it has at that moment, so it moves behind the names that do not begin so.
    /// to:      outlives the dict
    /// collide: called with each name that was there already; an error ends the renaming
    /// errors:  out_of_memory, those of `collide`
    result<void> rename_prefix(std::string_view from, std::string_view to, detail::arena& texts,
                               function_ref<result<void>(const placed_name&)> collide);

    /// Whether the name begins so.
    static bool begins_with(const placed_name& name, std::string_view beginning) noexcept;

    /// The name from a position on, as one text.
    /// errors: out_of_memory
    static result<std::string_view> without_beginning(const placed_name& name, std::size_t skipped,
                                                      detail::arena& texts) noexcept;

private:
    static error exhausted() noexcept { return detail::out_of_memory(sizeof(entry)); }

    /// A copy of a tensor whose axes can still be looked at.
    result<const tensor_view*> keep(const placed_name& name, const tensor_view& tensor) noexcept;

    struct name_reader {
        const detail::growing_array<entry>* entries;
        const placed_name& operator()(std::uint32_t at) const noexcept { return (*entries)[at].name; }
    };
    name_reader name_at() const noexcept { return {&entries_}; }

    /// Where a present name stands. The index is built when it is first needed; without memory for it, all are looked
    /// through.
    std::uint32_t position(const placed_name& name) const noexcept { return position(name, hash(name)); }

    std::uint32_t position(const placed_name& name, std::uint32_t hash) const noexcept;

    std::uint32_t hash(const placed_name& name) const noexcept { return index_.hash(name.prefix, name.stem); }

    bool build_index() const noexcept;

    /// As Python does it, where a new name may meet an old one.
    result<void> rename_one_by_one(std::string_view from, std::string_view to, detail::arena& texts,
                                   function_ref<result<void>(const placed_name&)> collide);

    /// No present name begins with `to`, so that none can be met: the same outcome in one go.
    result<void> rename_at_once(std::string_view from, std::string_view to, detail::arena& texts);

    mutable detail::growing_array<entry> entries_; // a look-up may find repeated names
    detail::arena                        tensors_;
    mutable detail::name_table           index_;
    mutable bool                         is_indexed_ = true;
    mutable std::optional<placed_name>   repeated_;
};

/// A component's dict while its names are changed, with what that needs to own.
/// lifetime: borrows the log
class rearrangement {
public:
    /// Starts with an empty dict; changes are noted in `log` for that component.
    rearrangement(change_log& log, std::uint8_t component, strictness how) noexcept;

    ordered_dict dict; ///< the names as they are now

    /// Whether what would be lost is an error.
    bool is_strict() const noexcept { return how_ == strictness::strict; }
    /// Memory for new names, which lasts as long as the log.
    detail::arena& own() noexcept { return log_->own; }

    /// errors: out_of_memory
    result<void> log(change::kind what, const placed_name& name) noexcept;

    /// Sets a name that should not be there yet.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> set_new(ordered_dict& in, const placed_name& name, const tensor_view& tensor) noexcept;

    /// The same for a tensor that the other dict of this rearrangement keeps.
    result<void> share_new(ordered_dict& in, const placed_name& name, const tensor_view& kept) noexcept;

    /// Another tensor took the place of one of that name.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> collided(const placed_name& name) noexcept;

    /// Removes a key that the layout has no use for, if it is there.
    result<void> leave_out(const placed_name& name) noexcept;

    /// errors: name_collision in strict conduct, out_of_memory
    result<void> rename_prefix(std::string_view from, std::string_view to);

private:
    change_log*  log_;
    std::uint8_t component_;
    strictness   how_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/rearrangement.ipp"
#endif

#endif
