// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLITTING_HPP
#define STET_SPLIT_SPLITTING_HPP

#include "../families/ordered_dict.hpp"
#include "../families/rearrangement.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE {

/// A checkpoint's tensors while components are taken out of it.
/// lifetime: borrows the log, which owns what new names and tensors need
class splitting {
public:
    /// Nothing to take apart yet; changes are noted in `log`.
    splitting(change_log& log, strictness how) noexcept;

    ordered_dict rest; ///< what nobody has taken yet, under the file's names

    /// Whether what would be lost is an error.
    bool is_strict() const noexcept { return how_ == strictness::strict; }
    /// Memory for new names, which lasts as long as the log.
    detail::arena& own() noexcept { return log_->own; }
    /// Where memory comes from.
    const allocator& memory() const noexcept { return rest.memory(); }

    /// Names that begin so are one component's alone. In strict conduct a component with a shorter prefix does not
    /// get them; ComfyUI gives them to whoever comes first.
    /// errors: out_of_memory
    result<void> claim(std::string_view prefix) noexcept;

    /// Moves the names that begin with `from` into another dict, where they begin with `to` instead.
    /// to:     outlives both dicts
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> take(std::string_view from, std::string_view to, ordered_dict& into);

    /// Gives a tensor of a dict another name there, if it is there, and tells whether it was.
    /// to:     outlives the dict
    /// errors: name_collision in strict conduct, out_of_memory
    result<bool> rename(ordered_dict& in, const placed_name& from, const placed_name& to);

    /// Sets a name that should not be there yet, to a tensor one of the dicts keeps.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> share(ordered_dict& in, const placed_name& name, const tensor_view& tensor);

    /// The same for a new tensor.
    result<void> set(ordered_dict& in, const placed_name& name, const tensor_view& tensor);

    /// Another tensor took the place of one of that name.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> collided(const placed_name& name);

    /// errors: out_of_memory
    result<void> log(change::kind what, const placed_name& name);

    static error exhausted() noexcept; ///< out_of_memory

private:
    bool is_claimed(const placed_name& name, std::size_t by_more_than) const noexcept;

    detail::growing_array<std::string_view> claims_;
    change_log*                             log_;
    strictness                              how_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/splitting.ipp"
#endif

#endif
