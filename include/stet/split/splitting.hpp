// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLITTING_HPP
#define STET_SPLIT_SPLITTING_HPP

#include "../families/rearrangement.hpp"
#include "../layout/layout.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE {

/// A tensor and its name in a component.
struct named_tensor {
    std::string_view name{};   ///< as the component has it
    tensor_view      tensor{}; ///< borrowed
};

/// The tensors of one component, in order, under the names they had before they were saved. A state dict itself, so
/// that it can be saved again.
/// lifetime: borrows names and tensors
class split_part {
public:
    /// An empty part.
    explicit split_part(const allocator& memory) noexcept : entries_(memory) {}

    const named_tensor* begin() const noexcept { return entries_.begin(); }
    const named_tensor* end() const noexcept { return entries_.end(); }
    std::size_t         size() const noexcept { return entries_.size(); }
    bool                empty() const noexcept { return entries_.empty(); }
    const named_tensor& operator[](std::size_t i) const noexcept { return entries_[i]; }

    /// Bytes of tensor data.
    std::uint64_t byte_size() const noexcept;

    /// The tensor of that name, or null. Looks through all of them.
    const tensor_view* find(std::string_view name) const noexcept;

    /// Takes what the dict holds, with names of one piece.
    /// errors:   out_of_memory
    /// lifetime: joined names lie in `texts`
    result<void> assign(const ordered_dict& dict, detail::arena& texts);

private:
    detail::growing_array<named_tensor> entries_;
};

/// A checkpoint's tensors by component, each under the name it had before it was saved. A component the file does not
/// have is empty.
/// lifetime: owns the names it made, borrows the others and all tensors from the dict it was split from
struct split_checkpoint {
    /// Without a tensor in any part.
    explicit split_checkpoint(const allocator& memory) noexcept;

    split_part model;
    split_part text_encoder;
    split_part vae;
    split_part vision_encoder;
    split_part seconds_start;
    split_part seconds_total;
    split_part extra;    ///< the tensors that record the prediction, under their own names; in strict conduct
    split_part leftover; ///< what nobody takes, under the names in the file

    std::string_view model_prefix{}; ///< the one that was taken off

    /// Tensors another took the name of, or that were rounded.
    array_view<const change> changes() const noexcept { return log_.changes.view(); }

    /// What the names and tensors made here lie in.
    change_log& owned() noexcept { return log_; }

private:
    change_log log_;
};

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
