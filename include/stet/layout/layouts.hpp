// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_LAYOUTS_HPP
#define STET_LAYOUT_LAYOUTS_HPP

#include "prefix_layout.hpp"

#include <optional>
#include <string_view>

namespace stet::inline v0_1 {

/// Where ComfyUI 0.8.0 puts the parts of each group of model families. All of them are types anyone can write: add
/// one of your own next to your model, not here.
/// source: ComfyUI 0.8.0, supported_models.py
namespace layouts {

/// Flux, Wan, Qwen, Lumina and most families since 2024.
using generic = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "text_encoders.">,
                              under<role::vae, "vae.">>;

/// Chroma, Cosmos Predict2: what a family gets that says nothing.
using base_default = prefix_layout<under<role::model, "model.diffusion_model.">,
                                   under<role::text_encoder, "cond_stage_model.">, under<role::vae, "first_stage_model.">>;

/// Stable Diffusion 3: the old vae prefix with the new text prefix.
using sd3 = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "text_encoders.">,
                          under<role::vae, "first_stage_model.">>;

/// Hunyuan Video and Hunyuan Image.
using hunyuan_video = prefix_layout<under<role::model, "model.model.">, under<role::text_encoder, "text_encoders.">,
                                    under<role::vae, "vae.">>;

/// Stable Audio; its two number conditioners go into the extra tensors.
using stable_audio = prefix_layout<under<role::model, "model.model.">, under<role::text_encoder, "text_encoders.">,
                                   under<role::vae, "pretransform.model.">>;

/// Stable Cascade, stage B.
using cascade_b = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "text_encoder.">,
                                under<role::vae, "vae.">>;

/// Stable Cascade, stage C.
using cascade_c = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "text_encoder.">,
                                under<role::vae, "vae.">, under<role::vision_encoder, "clip_l_vision.">>;

/// Stable Video Diffusion.
using svd = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "cond_stage_model.">,
                          under<role::vae, "first_stage_model.">,
                          under<role::vision_encoder, "conditioner.embedders.0.open_clip.model.visual.">>;

/// Stable Video 3D.
using sv3d = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "cond_stage_model.">,
                           under<role::vae, "conditioner.embedders.1.encoder.">,
                           under<role::vision_encoder, "conditioner.embedders.0.open_clip.model.visual.">>;

/// Stable Zero123.
using zero123 = prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "cond_stage_model.">,
                              under<role::vae, "first_stage_model.">,
                              under<role::vision_encoder, "cond_stage_model.model.visual.">>;

/// Hunyuan3D 2.
using hunyuan3d = prefix_layout<under<role::model, "model.">, under<role::text_encoder, "cond_stage_model.">,
                                under<role::vae, "vae.">,
                                under<role::vision_encoder, "conditioner.main_image_encoder.model.">>;

/// Stable Diffusion 1: the text encoder's `clip_l.` becomes `cond_stage_model.`, two of its tensors are left out, and
/// keys without that prefix stay as they are.
struct sd1 : prefix_layout<under<role::model, "model.diffusion_model.">, under<role::vae, "first_stage_model.">> {
    using prefix_layout::place;

    static constexpr std::optional<placed_name> place(role::text_encoder, std::string_view key) noexcept
    {
        constexpr std::string_view own_prefix = "clip_l.";
        if (key == "clip_l.transformer.text_projection.weight" || key == "clip_l.logit_scale")
            return std::nullopt;
        if (!key.starts_with(own_prefix))
            return placed_name{.stem = key};
        return placed_name{.prefix = "cond_stage_model.", .stem = key.substr(own_prefix.size())};
    }
};

} // namespace layouts

} // namespace stet::inline v0_1

#endif
