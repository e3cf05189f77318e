// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_TEXT_RULE_HPP
#define STET_FAMILIES_TEXT_RULE_HPP

#include "../vocabulary/config.hpp"
#include "rearrangement.hpp"

#include <concepts>

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

/// A rule for a text encoder: `static result<void> apply(rearrangement&)`.
template <class Rule>
concept text_rule = requires(rearrangement& work) {
    {
        Rule::apply(work)
    } -> std::same_as<result<void>>;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/text_rule.ipp"
#endif

#endif
