// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_TEXT_RULE_HPP
#define STET_FAMILIES_TEXT_RULE_HPP

#include "../tensor/tensor_view.hpp"
#include "impl/openclip_conversion.hpp"
#include "rearrangement.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// How a family's text encoder is renamed on saving; apply() changes work.dict in place.
/// errors: those of to_openclip where that is used; name_collision in strict conduct, out_of_memory
/// source: ComfyUI 0.8.0, supported_models.py, process_clip_state_dict_for_saving
namespace text_rules {

/// Stable Diffusion 1: `clip_l.` becomes `cond_stage_model.`; the projection and the logit scale are left out.
struct sd1 {
    static result<void> apply(rearrangement& work)
    {
        for (const std::string_view key : {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"})
        {
            if (auto done = work.leave_out({.stem = key}); !done)
                return done;
        }
        return work.rename_prefix("clip_l.", "cond_stage_model.");
    }
};

/// Stable Diffusion 2: OpenCLIP's names under `cond_stage_model.model.`
struct sd2 {
    static result<void> apply(rearrangement& work)
    {
        if (auto renamed = work.rename_prefix("clip_h", "cond_stage_model.model"); !renamed)
            return renamed;
        auto converted = detail::to_openclip(detail::openclip_text, work, "");
        if (!converted)
            return converted.error();
        work.dict = *std::move(converted);
        return {};
    }
};

/// Stable Diffusion XL's refiner: `clip_g` alone, with OpenCLIP's names.
struct sdxl_refiner {
    static result<void> apply(rearrangement& work)
    {
        auto converted = detail::to_openclip(detail::openclip_text, work, "clip_g");
        if (!converted)
            return converted.error();
        work.dict = *std::move(converted);
        if (auto done = work.leave_out({.stem = "clip_g.transformer.text_model.embeddings.position_ids"});
            !done)
            return done;
        return work.rename_prefix("clip_g", "conditioner.embedders.0.model");
    }
};

/// Stable Diffusion XL: `clip_g` with OpenCLIP's names, `clip_l` with its own, and clip_l's position_ids added.
struct sdxl {
    static result<void> apply(rearrangement& work)
    {
        auto converted = detail::to_openclip(detail::openclip_text, work, "clip_g", "clip_l");
        if (!converted)
            return converted.error();
        work.dict = *std::move(converted);
        if (auto added = add_position_ids(work); !added)
            return added;
        for (const std::string_view key : {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"})
        {
            if (auto done = work.leave_out({.stem = key}); !done)
                return done;
        }
        if (auto renamed = work.rename_prefix("clip_g", "conditioner.embedders.1.model"); !renamed)
            return renamed;
        return work.rename_prefix("clip_l", "conditioner.embedders.0");
    }

private:
    static constexpr std::array<std::int64_t, 77> position_ids = [] {
        std::array<std::int64_t, 77> ids{};
        for (std::size_t i = 0; i < ids.size(); ++i)
            ids[i] = static_cast<std::int64_t>(i);
        return ids;
    }();

    /// 0 to 76, in place of any given ones, which in strict conduct must at least be as many.
    static result<void> add_position_ids(rearrangement& work)
    {
        constexpr placed_name name{.stem = "clip_l.transformer.text_model.embeddings.position_ids"};
        const auto            ids = view_of(position_ids, {1, position_ids.size()});
        if (!ids)
            return ids.error();
        if (const auto* const given = work.dict.find(name); given != nullptr && work.is_strict()) {
            const tensor_view& tensor = work.dict.tensor(*given);
            if (tensor.type != ids->type || tensor.size != ids->size)
                return error{.code = errc::position_ids_mismatch, .expected = position_ids.size()}.about(
                    name.stem);
        }
        const auto replaced = work.dict.set(name, *ids);
        if (!replaced)
            return replaced.error();
        return work.log(*replaced ? change::kind::replaced : change::kind::added, name);
    }
};

} // namespace text_rules

/// A rule for a text encoder: `static result<void> apply(rearrangement&)`.
template <class Rule>
concept text_rule = requires(rearrangement& work)
{
    {
        Rule::apply(work)
        } -> std::same_as<result<void>>;
};

} // namespace STET_NAMESPACE

#endif
