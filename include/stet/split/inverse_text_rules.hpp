// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_INVERSE_TEXT_RULES_HPP
#define STET_SPLIT_INVERSE_TEXT_RULES_HPP

#include "../families/text_rule.hpp"
#include "../vocabulary/config.hpp"
#include "splitting.hpp"

#include <array>
#include <concepts>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

/// How what a text rule did on saving is undone. Specialise it for a rule of your own, with `prefixes`, under which
/// the rule puts its keys, and `invert(work, out)`, which moves them out of work.rest, under their own names.
/// errors: those of text_from_openclip where that is used; name_collision in strict conduct, out_of_memory
/// source: ComfyUI 0.8.0, supported_models.py, process_clip_state_dict
template <class Rule>
struct inverse_of {};

namespace detail {

/// A text rule that can be undone.
template <class Rule>
concept invertible_text_rule = requires(splitting& work, ordered_dict& out) {
    {
        std::span<const std::string_view>(inverse_of<Rule>::prefixes)
    };
    {
        inverse_of<Rule>::invert(work, out)
    } -> std::same_as<result<void>>;
};

} // namespace detail

/// Stable Diffusion 1: the prefix `cond_stage_model` becomes `clip_l`; a `text_model` that some files lack is put in, in
/// strict conduct only where no name has it, and position ids that some have as F32 are rounded.
template <>
struct inverse_of<text_rules::sd1> {
    /// What names of the encoder begin with.
    static constexpr std::array<std::string_view, 1> prefixes{"cond_stage_model."};

    /// Gives the encoder its own names back.
    static result<void> invert(splitting& work, ordered_dict& out);

private:
    static constexpr std::string_view transformer = "cond_stage_model.transformer.";
    static constexpr std::string_view text_model = "text_model.";

    static bool lacks_text_model(const splitting& work) noexcept;

    static result<void> put_text_model_in(splitting& work);

    /// The name with `text_model.` behind every `cond_stage_model.transformer.` in it.
    static result<std::string_view> with_text_model(std::string_view name, detail::arena& texts);

    static result<void> round_position_ids(splitting& work);
};

/// Stable Diffusion 2, under either of its two prefixes.
template <>
struct inverse_of<text_rules::sd2> {
    /// What names of the encoder begin with.
    static constexpr std::array<std::string_view, 2> prefixes{"conditioner.embedders.0.model.",
                                                              "cond_stage_model.model."};

    /// Gives the encoder its own names back.
    static result<void> invert(splitting& work, ordered_dict& out);
};

/// Stable Diffusion XL's refiner.
template <>
struct inverse_of<text_rules::sdxl_refiner> {
    /// What names of the encoder begin with.
    static constexpr std::array<std::string_view, 1> prefixes{"conditioner.embedders.0.model."};

    /// Gives the encoder its own names back.
    static result<void> invert(splitting& work, ordered_dict& out);
};

/// Stable Diffusion XL.
template <>
struct inverse_of<text_rules::sdxl> {
    /// What names of the encoder begin with.
    static constexpr std::array<std::string_view, 2> prefixes{
        "conditioner.embedders.0.transformer.text_model", "conditioner.embedders.1.model."};

    /// Gives the encoder its own names back.
    static result<void> invert(splitting& work, ordered_dict& out);
};

namespace detail {

result<void> clip_g_from_openclip(splitting& work, ordered_dict& out);

/// Stable Cascade's files may have clip_g's projection under its OpenCLIP name, turned.
/// errors: projection_rank; name_collision in strict conduct; out_of_memory
/// source: ComfyUI 0.8.0, supported_models.py, Stable_Cascade_C
result<void> turn_cascade_projection(splitting& work, ordered_dict& out);

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/inverse_text_rules.ipp"
#endif

#endif
