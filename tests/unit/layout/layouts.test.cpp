// SPDX-License-Identifier: MIT
#include <stet/layout/layouts.hpp>

#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string_view>

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

static_assert(puts<layouts::sd1, role::model>(unet) && puts<layouts::sd1, role::vae>("first_stage_model."));
static_assert(!stet::places<layouts::sd1, role::vision_encoder>);
static_assert(stet::layout_for<layouts::sd1, stet::full> &&
              !stet::layout_for<layouts::sd1, stet::image_only>);

std::optional<stet::placed_name> text_of_sd1(std::string_view key)
{
    return stet::place(layouts::sd1(), role::text_encoder(), key);
}

} // namespace

TEST_CASE("the text encoder of sd1 goes from clip_l. to cond_stage_model.")
{
    const auto name = text_of_sd1("clip_l.transformer.text_model.final_layer_norm.weight");

    REQUIRE(name);
    CHECK(name->text() == "cond_stage_model.transformer.text_model.final_layer_norm.weight");
    CHECK(text_of_sd1("clip_l.")->text() == "cond_stage_model.");
    CHECK(text_of_sd1("clip_l.clip_l.x")->text() == "cond_stage_model.clip_l.x");
}

TEST_CASE("sd1 leaves out the text projection and the scale of its text encoder")
{
    CHECK_FALSE(text_of_sd1("clip_l.transformer.text_projection.weight"));
    CHECK_FALSE(text_of_sd1("clip_l.logit_scale"));

    CHECK(text_of_sd1("clip_l.transformer.text_projection.bias"));
    CHECK(text_of_sd1("clip_l.text_projection.weight"));
    CHECK(text_of_sd1("logit_scale"));
    CHECK(text_of_sd1("clip_l.logit_scale2"));
    CHECK(stet::place(layouts::sd1(), role::model(), "clip_l.logit_scale"));
    CHECK(stet::place(layouts::sd1(), role::vae(), "clip_l.logit_scale"));
}

TEST_CASE("keys of another text encoder stay as they are in sd1")
{
    CHECK(text_of_sd1("clip_g.logit_scale")->text() == "clip_g.logit_scale");
    CHECK(text_of_sd1("x.clip_l.weight")->text() == "x.clip_l.weight");
    CHECK(text_of_sd1("clip_l")->text() == "clip_l");
    CHECK(text_of_sd1("")->text() == "");
}
