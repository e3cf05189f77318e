// SPDX-License-Identifier: MIT
#include "support/rearranged.hpp"

#include <stet/families/layouts.hpp>
#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace layouts = stet::layouts;
namespace role = stet::role;

template <class Layout, class Role>
constexpr bool puts(std::string_view prefix)
{
    const auto name = stet::place(Layout(), Role(), "key.weight");
    return name && name->prefix == prefix && name->stem == "key.weight";
}

struct prefixes {
    std::string_view                model;
    std::string_view                vae;
    std::string_view                text;
    std::optional<std::string_view> vision = std::nullopt;
};

template <class Layout>
constexpr bool is(const prefixes& expected)
{
    if (!puts<Layout, role::model>(expected.model) || !puts<Layout, role::vae>(expected.vae) ||
        !puts<Layout, role::text_encoder>(expected.text) || !puts<Layout, role::extra>(""))
        return false;
    if constexpr (stet::places<Layout, role::vision_encoder>)
        return expected.vision && puts<Layout, role::vision_encoder>(*expected.vision);
    else
        return !expected.vision;
}

constexpr std::string_view unet = "model.diffusion_model.";
constexpr std::string_view open_clip = "conditioner.embedders.0.open_clip.model.visual.";

static_assert(is<layouts::generic>({unet, "vae.", "text_encoders."}));
static_assert(is<layouts::base_default>({unet, "first_stage_model.", "cond_stage_model."}));
static_assert(is<layouts::sd3>({unet, "first_stage_model.", "text_encoders."}));
static_assert(is<layouts::hunyuan_video>({"model.model.", "vae.", "text_encoders."}));
static_assert(is<layouts::stable_audio>({"model.model.", "pretransform.model.", "text_encoders."}));
static_assert(is<layouts::cascade_b>({unet, "vae.", "text_encoder."}));
static_assert(is<layouts::cascade_c>({unet, "vae.", "text_encoder.", "clip_l_vision."}));
static_assert(is<layouts::svd>({unet, "first_stage_model.", "cond_stage_model.", open_clip}));
static_assert(is<layouts::sv3d>({unet, "conditioner.embedders.1.encoder.", "cond_stage_model.", open_clip}));
static_assert(is<layouts::zero123>({unet, "first_stage_model.", "cond_stage_model.",
                                    "cond_stage_model.model.visual."}));
static_assert(is<layouts::hunyuan3d>({"model.", "vae.", "cond_stage_model.",
                                      "conditioner.main_image_encoder.model."}));

// The conditioners of Stable Audio.
static_assert(puts<layouts::stable_audio, role::seconds_start>("conditioner.conditioners.seconds_start.") &&
              puts<layouts::stable_audio, role::seconds_total>("conditioner.conditioners.seconds_total."));
static_assert(is<layouts::stable_audio3>({"model.model.", "pretransform.model.", "text_encoders."}));
static_assert(puts<layouts::stable_audio3, role::seconds_total>("conditioner.conditioners.seconds_total.") &&
              !stet::places<layouts::stable_audio3, role::seconds_start>);
static_assert(!stet::places<layouts::generic, role::seconds_total>);
static_assert(is<layouts::trellis2>({unet, "vae.", "cond_stage_model.",
                                     "conditioner.main_image_encoder.model."}));
static_assert(is<layouts::sam3>({unet, "first_stage_model.", "detector.backbone.language_backbone."}));

/// Layouts whose text encoder follows a rule.
template <class Layout>
constexpr bool has_text_rule(std::optional<std::string_view> vision = std::nullopt)
{
    if (!puts<Layout, role::model>(unet) || !puts<Layout, role::vae>("first_stage_model.") ||
        !stet::rearranges<Layout, role::text_encoder> || stet::rearranges<Layout, role::model> ||
        stet::rearranges<Layout, role::vae> || !stet::layout_for<Layout, stet::full>)
        return false;
    if constexpr (stet::places<Layout, role::vision_encoder>)
        return vision && puts<Layout, role::vision_encoder>(*vision);
    else
        return !vision && !stet::layout_for<Layout, stet::image_only>;
}
static_assert(has_text_rule<layouts::sd1>() && has_text_rule<layouts::sd2>() &&
              has_text_rule<layouts::sdxl>() && has_text_rule<layouts::sdxl_refiner>() &&
              has_text_rule<layouts::sd2_unclip>("embedder.model.visual."));

/// The names of a text encoder's keys after the layout's rule.
template <class Layout>
std::string text_of(const std::vector<std::string>& keys)
{
    stet::change_log    log(stet::heap());
    stet::rearrangement work(log, 0, stet::strictness::strict);
    for (const std::string& key : keys)
        CHECK(work.set_new(work.dict, {.stem = key}, stet::tensor_view{}));
    CHECK(Layout::rearrange(role::text_encoder{}, work));
    return support::names(work.dict);
}

/// A rule of one's own.
struct backwards {
    static stet::result<void> apply(stet::rearrangement& work) { return work.rename_prefix("a.", "z."); }
};
using own_rule = layouts::with_text_rule<layouts::generic, backwards>;
static_assert(stet::rearranges<own_rule, role::text_encoder> && puts<own_rule, role::vae>("vae."));

// Strict conduct asks every family's layout about its keys; text rules vet their own.
template <class Layout>
inline constexpr bool vets_all =
    stet::detail::vets<Layout, role::model> && stet::detail::vets<Layout, role::vae> &&
    stet::detail::vets<Layout, role::text_encoder>;
static_assert(vets_all<layouts::generic> && vets_all<layouts::base_default> && vets_all<layouts::sd3> &&
              vets_all<layouts::hunyuan_video> && vets_all<layouts::stable_audio> &&
              vets_all<layouts::stable_audio3> && vets_all<layouts::trellis2> && vets_all<layouts::sam3> &&
              vets_all<layouts::cascade_b> && vets_all<layouts::cascade_c> && vets_all<layouts::svd> &&
              vets_all<layouts::sv3d> && vets_all<layouts::zero123> && vets_all<layouts::hunyuan3d>);
static_assert(stet::detail::vets<layouts::sd1, role::vae> &&
              stet::detail::vets<layouts::sd2_unclip, role::model>);
static_assert(!stet::detail::vets<layouts::generic, role::vision_encoder>);

} // namespace

TEST_CASE("each layout with a text rule follows its own")
{
    const std::string ids = "conditioner.embedders.0.transformer.text_model.embeddings.position_ids;";
    CHECK(text_of<layouts::sd1>({"clip_l.x", "clip_l.logit_scale"}) == "cond_stage_model.x;");
    CHECK(text_of<layouts::sd2>({"clip_h.layer_norm1"}) == "cond_stage_model.model.ln_1;");
    CHECK(text_of<layouts::sd2_unclip>({"clip_h.layer_norm1"}) == "cond_stage_model.model.ln_1;");
    CHECK(text_of<layouts::sdxl_refiner>({"clip_g.layer_norm1"}) == "conditioner.embedders.0.model.ln_1;");
    CHECK(text_of<layouts::sdxl>({"clip_l.layer_norm1", "clip_g.layer_norm1"}) ==
          "conditioner.embedders.1.model.ln_1;conditioner.embedders.0.layer_norm1;" + ids);
}

TEST_CASE("a rule of one's own takes the place of a prefix")
{
    CHECK(text_of<own_rule>({"a.x", "b.y"}) == "b.y;z.x;");
}
