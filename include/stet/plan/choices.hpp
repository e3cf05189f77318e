// SPDX-License-Identifier: MIT
// Which tensors a save writes, and as which dtype.
#ifndef STET_PLAN_CHOICES_HPP
#define STET_PLAN_CHOICES_HPP

#include "../layout/layout.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "plan.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

struct choices;
struct collected;

/// Takes out what a save is not to write, a quantised layer as a whole.
/// errors: out_of_memory
result<void> select(const collected& from, const choices& wanted);

/// Gives tensors the dtype that a save is to write. Those dropped stay as they are.
/// by_name: the records' indices, sorted by name
/// errors:  not_convertible, tensor_size_overflow, out_of_memory
result<void> cast(const collected& from, const casts::casting& wanted,
                  array_view<const std::uint32_t> by_name);

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::selection {

/// A tensor on its way into a file, as whoever chooses sees it. lifetime: that of the call
struct tensor {
    placed_name                    name{};           ///< in the file
    std::string_view               role{};           ///< of its component, as the role spells its name
    dtype                          type = dtype::u8; ///< as it was given
    std::span<const std::uint64_t> shape{};          ///< outermost first; empty is a scalar
    std::uint64_t                  size = 0;         ///< bytes, as it was given
};

/// Chooses tensors. Asked while a plan is made, often more than once for a tensor: the same answer each time. It may
/// throw, and the plan is not made then. Brings along what takes tensors out: a program that gives none compiles nothing
/// of it.
/// lifetime: borrows the callable, as a function_ref does
class predicate {
public:
    constexpr predicate() noexcept = default;

    /// Borrows what can be asked.
    template <class Callable>
    requires std::convertible_to<Callable, function_ref<bool(const tensor&)>>
    constexpr predicate(Callable&& callable STET_LIFETIME_BOUND) noexcept
        : ask_(std::forward<Callable>(callable)), select_(ask_ ? &detail::select : nullptr)
    {
    }

    constexpr explicit operator bool() const noexcept { return select_ != nullptr; }

    /// Asks it; only where one was given.
    bool operator()(const tensor& asked) const { return ask_(asked); }

private:
    friend struct detail::choices;

    function_ref<bool(const tensor&)> ask_{};
    result<void> (*select_)(const detail::collected&, const detail::choices&) = nullptr;
};

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
    const rule& rule_for(const selection::tensor& asked) const;
};

} // namespace STET_NAMESPACE::casts

namespace STET_NAMESPACE::detail {

/// What a plan is to hold of the tensors it is given, as in plan_options.
struct choices {
    selection::predicate keep{};
    selection::predicate leave_out{};
    casts::casting       cast{};

    /// Takes out what is not to be written. errors: out_of_memory
    result<void> select(const collected& from) const
    {
        const auto chosen = keep ? keep.select_ : leave_out.select_;
        return chosen == nullptr ? result<void>() : chosen(from, *this);
    }
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "impl/choices.ipp"
#endif

#endif
