// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_SPLITTING_HPP
#define STET_SPLIT_IMPL_SPLITTING_HPP

#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../families/impl/ordered_dict.hpp"
#include "../../families/rearrangement.hpp"
#include "../../vocabulary/result.hpp"

#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A checkpoint's tensors while components are taken out of it.
/// lifetime: borrows the log, which owns what new names and tensors need
class splitting {
public:
    splitting(change_log& log, conduct how) noexcept
        : rest(log.changes.memory()), claims_(log.changes.memory()), log_(&log), how_(how)
    {
    }

    ordered_dict rest; ///< what nobody has taken yet, under the file's names

    bool             is_strict() const noexcept { return how_ == conduct::strict; }
    arena&           own() noexcept { return log_->own; }
    const allocator& memory() const noexcept { return rest.memory(); }

    /// Names that begin so are one component's alone. In strict conduct a component with a shorter prefix does not
    /// get them; ComfyUI gives them to whoever comes first.
    /// errors: out_of_memory
    result<void> claim(std::string_view prefix) noexcept
    {
        return claims_.push(prefix) ? result<void>() : result<void>(exhausted());
    }

    /// Moves the names that begin with `from` into another dict, where they begin with `to` instead.
    /// to:     outlives both dicts
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> take(std::string_view from, std::string_view to, ordered_dict& into)
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

    /// Gives a tensor of a dict another name there, if it is there, and tells whether it was.
    /// to:     outlives the dict
    /// errors: name_collision in strict conduct, out_of_memory
    result<bool> rename(ordered_dict& in, const placed_name& from, const placed_name& to)
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

    /// Sets a name that should not be there yet, to a tensor one of the dicts keeps.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> share(ordered_dict& in, const placed_name& name, const tensor_view& tensor)
    {
        const auto replaced = in.share(name, tensor);
        if (!replaced)
            return replaced.error();
        return *replaced ? collided(name) : result<void>();
    }

    /// The same for a new tensor.
    result<void> set(ordered_dict& in, const placed_name& name, const tensor_view& tensor)
    {
        const tensor_view* const kept = own().keep(tensor);
        return kept == nullptr ? result<void>(exhausted()) : share(in, name, *kept);
    }

    /// Another tensor took the place of one of that name.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> collided(const placed_name& name)
    {
        if (is_strict())
            return error{.code = errc::name_collision}.about(name.prefix, name.stem);
        return log(change::kind::replaced, name);
    }

    /// errors: out_of_memory
    result<void> log(change::kind what, const placed_name& name)
    {
        return log_->changes.push({.what = what, .name = name}) ? result<void>() : result<void>(exhausted());
    }

    static error exhausted() noexcept
    {
        return {.code = errc::out_of_memory, .expected = sizeof(ordered_dict::entry)};
    }

private:
    bool is_claimed(const placed_name& name, std::size_t by_more_than) const noexcept
    {
        for (const std::string_view claim : claims_) {
            if (claim.size() > by_more_than && is_strict() && ordered_dict::begins_with(name, claim))
                return true;
        }
        return false;
    }

    growing_array<std::string_view> claims_;
    change_log*                     log_;
    conduct                         how_;
};

} // namespace STET_NAMESPACE::detail

#endif
