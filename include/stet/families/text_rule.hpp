// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_TEXT_RULE_HPP
#define STET_FAMILIES_TEXT_RULE_HPP

#include "../layout/layout.hpp"
#include "../state/component.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <concepts>
#include <cstdint>

namespace STET_NAMESPACE {

/// How a family's text encoder is renamed on saving; apply() changes work.dict in place.
/// errors: those of to_openclip where that is used; name_collision in strict conduct, out_of_memory
/// source: ComfyUI 0.8.0, supported_models.py, process_clip_state_dict_for_saving
namespace text_rules {

/// Stable Diffusion 1: the prefix `clip_l` becomes `cond_stage_model`; the projection and the logit scale are left out.
/// errors: in strict conduct also foreign_key, foreign_prefix, position_ids_mismatch, quantised_companion
struct sd1 {
    /// Renames the keys in `work`.
    static result<void> apply(rearrangement& work);
};

/// Stable Diffusion 2: OpenCLIP's names under `cond_stage_model.model`.
/// errors: in strict conduct also foreign_key, foreign_prefix
struct sd2 {
    /// Renames the keys in `work`.
    static result<void> apply(rearrangement& work);
};

/// Stable Diffusion XL's refiner: `clip_g` alone, with OpenCLIP's names.
struct sdxl_refiner {
    /// Renames the keys in `work`.
    static result<void> apply(rearrangement& work);
};

/// Stable Diffusion XL: `clip_g` with OpenCLIP's names, `clip_l` with its own, and clip_l's position_ids added.
struct sdxl {
    /// Renames the keys in `work`.
    static result<void> apply(rearrangement& work);

private:
    /// One for each position of clip_l, in place of any given ones. As ComfyUI does 77 of them, whatever clip_l has; in
    /// strict conduct as many as its embedding has rows where these are more, and any given ones must be as many.
    static result<void> add_position_ids(rearrangement& work);
};

} // namespace text_rules

/// A rule for a text encoder: `static result<void> apply(rearrangement&)`; families/rearrangement.hpp has what it is given.
template <class Rule>
concept text_rule = requires(rearrangement& work) {
    {
        Rule::apply(work)
    } -> std::same_as<result<void>>;
};

namespace detail {

/// Changes the names of a dict.
using renaming = function_ref<result<void>(rearrangement& work)>;

/// Takes a tensor under its name; whether that is another than its key.
using renamed_taker =
    function_ref<result<void>(const placed_name& name, const tensor_view& tensor, bool is_renamed)>;

/// Has the dict renamed as a whole, then hands over what is left. returns: how many keys it had
/// log:    of the component, by its index
/// errors: those of the dict's tensors, of `rename` and of `take`; name_collision in strict conduct; out_of_memory
result<std::uint64_t> rearrange(const any_dict& dict, renaming rename, renamed_taker take, change_log& log,
                                std::uint8_t component, strictness how);

/// Lets the layout rename the dict as a whole, then takes what it left.
/// builder: as plan/ has one; found by its arguments, so that plan/ need not know this header
template <class Builder, class Layout, class Role>
result<std::uint64_t> place_rearranged(Builder& builder, const component<Role>& dict, const Layout& layout,
                                       strictness how)
{
    const auto rename = [&layout](rearrangement& work) { return layout.rearrange(Role{}, work); };
    const auto take = [&builder](const placed_name& name, const tensor_view& tensor,
                                 bool is_renamed) -> result<void> {
        auto added = builder.add(name, tensor);
        if (added && is_renamed)
            builder.count_renamed();
        return added;
    };
    return rearrange(dict, rename, take, builder.owned(), builder.present(), how);
}

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/text_rule.ipp"
#endif

#endif
