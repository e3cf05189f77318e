// SPDX-License-Identifier: MIT
// Which tensors a save writes, and as which dtype.
#ifndef STET_CASTS_CHOICES_HPP
#define STET_CASTS_CHOICES_HPP

#include "../layout/layout.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::selection {

/// A tensor on its way into a file, as whoever chooses sees it. lifetime: that of the call
struct tensor {
    placed_name                    name{};           ///< in the file
    std::string_view               role{};           ///< of its component, as the role spells its name
    dtype                          type = dtype::u8; ///< as it was given
    std::span<const std::uint64_t> shape{};          ///< outermost first; empty is a scalar
    std::uint64_t                  size = 0;         ///< bytes, as it was given
};

/// Chooses tensors. Asked while a plan is made, often more than once for a tensor: the same answer each time.
using predicate = function_ref<bool(const tensor&)>;

/// Whether a name is of that pattern: `*` stands for any characters, dots too, `?` for one.
bool matches(const placed_name& name, std::string_view pattern) noexcept;

/// Chooses by name: `.leave_out = selection::named{"*.lora_*"}`.
struct named {
    std::string_view pattern; ///< `*` stands for any characters, `?` for one

    /// Whether the tensor's name is of that pattern.
    bool operator()(const tensor& asked) const noexcept { return matches(asked.name, pattern); }
};

/// Copies of the weights that training averages, in a module whose name says so: `model_ema`, `diffusion_ema`, `ema` or
/// `ema_model` anywhere before the last part of a name.
bool ema_copies(const tensor& asked) noexcept;

/// What an optimizer keeps: names with a part `optimizer`, `optimizer_states`, `lr_schedulers` or the like before the
/// last, and those that end in `exp_avg`, `exp_avg_sq`, `max_exp_avg_sq` or `momentum_buffer`.
bool optimizer_state(const tensor& asked) noexcept;

/// Counters of a training run: single numbers whose names end in `global_step`, `epoch` or `iteration`.
bool training_scalars(const tensor& asked) noexcept;

/// The position ids of text encoders, which loaders make themselves.
bool position_ids(const tensor& asked) noexcept;

/// Chooses what any of the rules does: `.leave_out = selection::any_of<selection::ema_copies, selection::position_ids>`.
template <bool (*... Rules)(const tensor&) noexcept>
bool any_of(const tensor& asked) noexcept
{
    return (Rules(asked) || ...);
}

} // namespace STET_NAMESPACE::selection

namespace STET_NAMESPACE::detail {

/// A tensor of a plan before its cast; shape and strides are those of the record.
struct cast_source {
    const void*      data = nullptr; ///< as in tensor_view
    pour_function    pour = nullptr; ///< as in tensor_view
    std::uint64_t    size = 0;       ///< bytes
    std::uint32_t    change = 0;     ///< its index in the plan's log
    dtype            type = dtype::f32;
    casts::too_large beyond = casts::too_large::saturates;
};

/// How tensors are cast, where anything is: nobody else has to know it.
struct casting_calls {
    pour_function pour;        ///< of a tensor whose data is such a source
    std::size_t   source_size; ///< of a type of its own that begins with a cast_source
    cast_source* (*place)(void* at);
    void (*count)(const cast_source& of, change& in); ///< what its last pour met
};

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::casts {

/// What becomes of some tensors. Every member that is given must hold.
struct rule {
    std::string_view     names = "*"; ///< a pattern, see selection::matches
    std::string_view     role{};      ///< of the component, as the role spells its name; empty: any
    selection::predicate where{};     ///< asked of the tensor, where names and role are not enough
    std::optional<dtype> to{};        ///< none: they stay as they are
    too_large            beyond{};    ///< what becomes of numbers too large for `to`
};

/// Which tensors are cast while they are saved; made by casts::to and casts::by.
/// lifetime: borrows the rules
struct casting {
    array_view<const rule>       rules{};         ///< the first that fits a tensor decides
    rule                         others{};        ///< for those that none fits
    const detail::casting_calls* calls = nullptr; ///< null: nothing is cast

    /// The rule for that tensor.
    const rule& rule_for(const selection::tensor& asked) const noexcept;
};

} // namespace STET_NAMESPACE::casts

namespace STET_NAMESPACE::detail {

/// What a plan is to hold of the tensors it is given, as in plan_options.
struct choices {
    selection::predicate keep{};
    selection::predicate leave_out{};
    casts::casting       cast{};

    bool select() const noexcept { return keep || leave_out; }
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "impl/choices.ipp"
#endif

#endif
