// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_LAYOUTS_HPP
#define STET_FAMILIES_LAYOUTS_HPP

#include "../layout/family.hpp"
#include "../layout/layout.hpp"
#include "../state/model.hpp"
#include "../vocabulary/config.hpp"
#include "impl/usual_names.hpp"
#include "text_rule.hpp"

#include <concepts>
#include <string_view>

namespace STET_NAMESPACE {

/// Where ComfyUI 0.8.0 puts the parts of each group of model families. All of them are types anyone can write: add
/// one of your own next to your model, not here. `reads_text` is false where ComfyUI's loader looks for no text encoder.
/// source: ComfyUI 0.8.0, supported_models.py
namespace layouts {

/// Flux, Wan, Qwen, Lumina and most families since 2024.
struct generic : usual_names,
                 prefix_layout<under<role::model, "model.diffusion_model.">,
                               under<role::text_encoder, "text_encoders.">, under<role::vae, "vae.">> {};

/// Chroma, Cosmos Predict2: what a family gets that says nothing.
struct base_default
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">,
                    under<role::text_encoder, "cond_stage_model.">, under<role::vae, "first_stage_model.">> {
};

/// Stable Diffusion 3: the old vae prefix with the new text prefix.
struct sd3
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "text_encoders.">,
                    under<role::vae, "first_stage_model.">> {};

/// Hunyuan Video and Hunyuan Image.
struct hunyuan_video : usual_names,
                       prefix_layout<under<role::model, "model.model.">,
                                     under<role::text_encoder, "text_encoders.">, under<role::vae, "vae.">> {
};

/// Stable Audio, with its two number conditioners.
struct stable_audio
    : usual_names,
      prefix_layout<under<role::model, "model.model.">, under<role::text_encoder, "text_encoders.">,
                    under<role::vae, "pretransform.model.">,
                    under<role::seconds_start, "conditioner.conditioners.seconds_start.">,
                    under<role::seconds_total, "conditioner.conditioners.seconds_total.">> {};

/// Stable Audio 3: one number conditioner. Since 0.8.0.
struct stable_audio3
    : usual_names,
      prefix_layout<under<role::model, "model.model.">, under<role::text_encoder, "text_encoders.">,
                    under<role::vae, "pretransform.model.">,
                    under<role::seconds_total, "conditioner.conditioners.seconds_total.">> {};

/// Trellis 2. Since 0.8.0.
struct trellis2 : usual_names,
                  prefix_layout<under<role::model, "model.diffusion_model.">,
                                under<role::text_encoder, "cond_stage_model.">, under<role::vae, "vae.">,
                                under<role::vision_encoder, "conditioner.main_image_encoder.model.">> {};

/// SAM 3 and 3.1. Since 0.8.0.
struct sam3 : usual_names,
              prefix_layout<under<role::model, "model.diffusion_model.">,
                            under<role::text_encoder, "detector.backbone.language_backbone.">,
                            under<role::vae, "first_stage_model.">> {
    using usual_names::vet;
    static result<void> vet(role::text_encoder, std::string_view) noexcept
    {
        return {};
    } // has no name before it
};

/// Stable Cascade, stage B.
struct cascade_b : usual_names,
                   prefix_layout<under<role::model, "model.diffusion_model.">,
                                 under<role::text_encoder, "text_encoder.">, under<role::vae, "vae.">> {};

/// Stable Cascade, stage C.
struct cascade_c
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">, under<role::text_encoder, "text_encoder.">,
                    under<role::vae, "vae.">, under<role::vision_encoder, "clip_l_vision.">> {};

/// Stable Video Diffusion.
struct svd
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">,
                    under<role::text_encoder, "cond_stage_model.">, under<role::vae, "first_stage_model.">,
                    under<role::vision_encoder, "conditioner.embedders.0.open_clip.model.visual.">> {
    static constexpr bool reads_text = false;
};

/// Stable Video 3D.
struct sv3d : usual_names,
              prefix_layout<under<role::model, "model.diffusion_model.">,
                            under<role::text_encoder, "cond_stage_model.">,
                            under<role::vae, "conditioner.embedders.1.encoder.">,
                            under<role::vision_encoder, "conditioner.embedders.0.open_clip.model.visual.">> {
    static constexpr bool reads_text = false;
};

/// Stable Zero123.
struct zero123
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">,
                    under<role::text_encoder, "cond_stage_model.">, under<role::vae, "first_stage_model.">,
                    under<role::vision_encoder, "cond_stage_model.model.visual.">> {
    static constexpr bool reads_text = false;
};

/// Hunyuan3D 2.
struct hunyuan3d : usual_names,
                   prefix_layout<under<role::model, "model.">, under<role::text_encoder, "cond_stage_model.">,
                                 under<role::vae, "vae.">,
                                 under<role::vision_encoder, "conditioner.main_image_encoder.model.">> {
    static constexpr bool reads_text = false;
};

/// A layout whose text encoder follows a rule of its own instead of going under a prefix.
template <class Layout, text_rule Rule>
struct with_text_rule : Layout {
    static result<void> rearrange(role::text_encoder, rearrangement& work) { return Rule::apply(work); }
};

/// What the older Stable Diffusions share; their text encoders follow a rule.
struct sd_prefixes
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">, under<role::vae, "first_stage_model.">> {};

/// Stable Diffusion 1.
struct sd1 : with_text_rule<sd_prefixes, text_rules::sd1> {};

/// Stable Diffusion 2.
struct sd2 : with_text_rule<sd_prefixes, text_rules::sd2> {};
struct unclip_prefixes
    : usual_names,
      prefix_layout<under<role::model, "model.diffusion_model.">, under<role::vae, "first_stage_model.">,
                    under<role::vision_encoder, "embedder.model.visual.">> {};

/// Stable Diffusion 2.1 unCLIP.
struct sd2_unclip : with_text_rule<unclip_prefixes, text_rules::sd2> {};

/// Stable Diffusion XL.
struct sdxl : with_text_rule<sd_prefixes, text_rules::sdxl> {};

/// Stable Diffusion XL's refiner.
struct sdxl_refiner : with_text_rule<sd_prefixes, text_rules::sdxl_refiner> {};

} // namespace layouts

/// A layout without a place for a vision encoder, made to save one as ComfyUI's ImageOnlyCheckpointSave does: under
/// its own keys, where no loader looks for it.
template <class Layout>
struct with_unprefixed_vision : Layout {
    using Layout::place;

    static constexpr placed_name place(role::vision_encoder, std::string_view key) noexcept
    {
        return {.stem = key};
    }
};

namespace detail {

/// Renames a vision encoder from ComfyUI's names to OpenCLIP's, under a prefix.
/// errors: those of to_openclip; name_collision in strict conduct
result<void> to_openclip_vision(rearrangement& work, std::string_view prefix);

} // namespace detail

/// A layout that saves the vision encoder under the original OpenCLIP names, which ComfyUI and the models' own code
/// read, instead of ComfyUI's internal ones, which only ComfyUI reads.
template <class Layout>
struct with_openclip_vision : Layout {
    template <class Role>
    requires(std::same_as<Role, role::vision_encoder> ? places<Layout, Role> : rearranges<Layout, Role>)
    static result<void> rearrange(Role role, rearrangement& work)
    {
        if constexpr (std::same_as<Role, role::vision_encoder>)
            return detail::to_openclip_vision(work, Layout::place(role, "").prefix);
        else
            return Layout::rearrange(role, work);
    }
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/layouts.ipp"
#endif

#endif
