// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/full_log.hpp"
#include "support/short_memory.hpp"
#include "support/split_names.hpp"

#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/split/split.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace layouts = stet::layouts;
using stet::strictness;
using support::name_list;
using support::names_of;
using support::small_tensors;

template <class Layout>
stet::split_checkpoint split_of(const small_tensors& given, const stet::split_options& options = {})
{
    auto split = stet::split<Layout>(given, options);
    INFO((split ? std::string() : stet::message(split.error())));
    REQUIRE(split);
    return *std::move(split);
}

/// The sd1 layout's rules without a prefix for the model.
using bare_model =
    stet::prefix_layout<stet::under<stet::role::model, "">, stet::under<stet::role::vae, "vae.">>;

} // namespace

TEST_CASE("each component gets its tensors under their own names")
{
    const small_tensors given{"vae.b", "model.diffusion_model.a", "text_encoders.t5xxl.w", "unknown",
                              "vae.a"};
    const auto          split = split_of<layouts::generic>(given);
    CHECK(names_of(split.model) == name_list{"a"});
    CHECK(names_of(split.vae) == name_list{"b", "a"});
    CHECK(names_of(split.text_encoder) == name_list{"t5xxl.w"});
    CHECK(split.vision_encoder.empty());
    CHECK(names_of(split.leftover) == name_list{"unknown"});
    CHECK(split.vae[0].tensor.data == given[0].data);
    CHECK(split.model_prefix == "model.diffusion_model.");
    CHECK(split.changes().empty());
}

TEST_CASE("a vision encoder's prefix is taken before the text encoder's that begins it")
{
    const small_tensors given{"cond_stage_model.clip_l.w", "cond_stage_model.model.visual.vision_model.w"};
    const auto          strict = split_of<layouts::zero123>(given);
    CHECK(names_of(strict.text_encoder) == name_list{"clip_l.w"});
    CHECK(names_of(strict.vision_encoder) == name_list{"vision_model.w"});
    // Not wanted it is still not a text encoder.
    const auto without = split_of<layouts::zero123>(given, {.wants_vision = false});
    CHECK(names_of(without.text_encoder) == name_list{"clip_l.w"});
    CHECK(names_of(without.leftover) == name_list{"cond_stage_model.model.visual.vision_model.w"});
}

TEST_CASE("the tensors that record the prediction are extra, or left over as in ComfyUI")
{
    const small_tensors given{"v_pred", "model.diffusion_model.a", "edm_vpred.sigma_max", "v_pred.x"};
    const auto          strict = split_of<layouts::sdxl>(given);
    CHECK(names_of(strict.extra) == name_list{"v_pred", "edm_vpred.sigma_max"});
    CHECK(names_of(strict.leftover) == name_list{"v_pred.x"});
    const auto compatible = split_of<layouts::sdxl>(given, {.strictness = strictness::as_comfyui});
    CHECK(compatible.extra.empty());
    CHECK(names_of(compatible.leftover) == name_list{"v_pred", "edm_vpred.sigma_max", "v_pred.x"});
}

TEST_CASE("the model's prefix is the layout's, the counted one, or the one asked for")
{
    const small_tensors given{"model.diffusion_model.a", "net.b"};
    CHECK(names_of(split_of<layouts::generic>(given).model) == name_list{"a"});
    const auto counted = split_of<layouts::generic>(given, {.strictness = strictness::as_comfyui});
    CHECK(counted.model_prefix == "model.");
    CHECK(names_of(counted.model) == name_list{"diffusion_model.a"});
    CHECK(names_of(split_of<layouts::generic>(given, {.model_prefix = "net."}).model) == name_list{"b"});
}

TEST_CASE("as ComfyUI a file that is nothing but a model of SAM 3 has no prefix to take off")
{
    const small_tensors given{"detector.a", "tracker.b", "vae.c"};
    const auto          bare = split_of<layouts::sam3>(given, {.strictness = strictness::as_comfyui});
    CHECK(bare.model_prefix.empty());
    CHECK(names_of(bare.model) == name_list{"detector.a", "tracker.b", "vae.c"});
    CHECK(split_of<layouts::sam3>(given).model.empty());
}

TEST_CASE("a model without a prefix gets what no other component claims")
{
    const auto split = split_of<bare_model>({"a", "vae.b", "ztsnr"});
    CHECK(names_of(split.model) == name_list{"a"});
    CHECK(names_of(split.vae) == name_list{"b"});
    CHECK(names_of(split.extra) == name_list{"ztsnr"});
}

TEST_CASE(
    "OpenCLIP's vision names are turned back; what ComfyUI does not know it leaves, strict conduct keeps it")
{
    const small_tensors given{"embedder.model.visual.unknown", "embedder.model.visual.ln_pre.bias",
                              "embedder.model.visual.transformer.resblocks.0.attn.in_proj_weight"};
    const auto          strict = split_of<layouts::sd2_unclip>(given);
    CHECK(strict.vision_encoder.size() == 5);
    CHECK(strict.vision_encoder.find("unknown") != nullptr);
    CHECK(strict.leftover.empty());
    const auto compatible = split_of<layouts::sd2_unclip>(given, {.strictness = strictness::as_comfyui});
    CHECK(compatible.vision_encoder.size() == 4);
    CHECK(compatible.vision_encoder[0].name == "vision_model.pre_layrnorm.bias");
    CHECK(names_of(compatible.leftover) == name_list{"embedder.model.visual.unknown"});
}

TEST_CASE("vision keys ComfyUI does not know lose their prefix where the names are not OpenCLIP's")
{
    const auto split =
        split_of<layouts::svd>({"conditioner.embedders.0.open_clip.model.visual.unknown",
                                "conditioner.embedders.0.open_clip.model.visual.visual_projection.weight"},
                               {.strictness = strictness::as_comfyui});
    CHECK(names_of(split.vision_encoder) == name_list{"visual_projection.weight"});
    CHECK(names_of(split.leftover) == name_list{"unknown"});
}

TEST_CASE("an unprefixed vision encoder is told by its names, by strict conduct only")
{
    using layout = stet::with_unprefixed_vision<layouts::generic>;
    const small_tensors given{"visual_projection.weight", "vae.a", "unknown"};
    const auto          strict = split_of<layout>(given);
    CHECK(names_of(strict.vision_encoder) == name_list{"visual_projection.weight"});
    CHECK(names_of(strict.leftover) == name_list{"unknown"});
    CHECK(split_of<layout>(given, {.strictness = strictness::as_comfyui}).vision_encoder.empty());
}

TEST_CASE("ComfyUI does not look for a text encoder where its loader has none")
{
    const small_tensors given{"cond_stage_model.a"};
    CHECK(names_of(split_of<layouts::svd>(given).text_encoder) == name_list{"a"});
    const auto compatible = split_of<layouts::svd>(given, {.strictness = strictness::as_comfyui});
    CHECK(compatible.text_encoder.empty());
    CHECK(names_of(compatible.leftover) == name_list{"cond_stage_model.a"});
}

TEST_CASE("Flux2's text encoder is found, in either conduct, and its tokenizer with it")
{
    const small_tensors given{"model.diffusion_model.double_blocks.0.img_mod.lin.weight",
                              "text_encoders.mistral3_24b.transformer.model.embed_tokens.weight",
                              "text_encoders.tekken_model"};
    for (const strictness how : {strictness::strict, strictness::as_comfyui}) {
        const auto split = split_of<stet::families::flux2>(given, {.strictness = how});
        CHECK(names_of(split.text_encoder) ==
              name_list{"mistral3_24b.transformer.model.embed_tokens.weight", "tekken_model"});
        CHECK(split.leftover.empty());
    }
}

TEST_CASE("a name given twice is refused, or the later tensor wins")
{
    const small_tensors given{"vae.a", "vae.a"};
    const auto          strict = stet::split<layouts::generic>(given);
    REQUIRE_FALSE(strict);
    CHECK(strict.error().code == stet::errc::name_collision);
    const auto compatible = split_of<layouts::generic>(given, {.strictness = strictness::as_comfyui});
    REQUIRE(compatible.vae.size() == 1);
    CHECK(compatible.vae[0].tensor.data == given[1].data);
}

TEST_CASE("a part of the result is a state dict that can be split again")
{
    const auto first = split_of<bare_model>({"vae.vae.a"});
    const auto again = stet::split<bare_model>(first.vae);
    REQUIRE(again);
    CHECK(names_of(again->vae) == name_list{"a"});
}

TEST_CASE("a tensor that cannot be seen as one is reported under its name")
{
    const std::vector<std::pair<std::string_view, stet::tensor_view>> given{
        {"vae.a", {.type = stet::dtype::u8, .shape = {-1}}}};
    const auto split = stet::split<layouts::generic>(given);
    REQUIRE_FALSE(split);
    CHECK(split.error().code == stet::errc::negative_dimension);
    CHECK(split.error().subject() == "vae.a");
    const std::vector<std::pair<std::string_view, stet::tensor_view>> short_of_bytes{
        {"vae.a", {.type = stet::dtype::u8, .shape = {2}, .size = 1}}};
    CHECK(stet::split<layouts::generic>(short_of_bytes).error().code == stet::errc::tensor_size_mismatch);
}

TEST_CASE("memory that runs out at any point is reported, and all of it given back")
{
    const small_tensors given{"conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight",
                              "conditioner.embedders.1.model.transformer.resblocks.0.ln_1.weight",
                              "conditioner.embedders.1.model.text_projection",
                              "conditioner.embedders.0.transformer.text_model.a",
                              "model.diffusion_model.a",
                              "first_stage_model.a",
                              "v_pred",
                              "unknown"};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const auto split = stet::split<layouts::sdxl>(given, {.allocator = memory});
              return split ? std::string_view("none") : stet::name(split.error().code);
          }) > 3);
}

TEST_CASE("every step of splitting tells that its memory runs out")
{
    const auto runs_out = []<class Layout>(Layout, const small_tensors& given, std::size_t steps) {
        for (const auto how : {strictness::strict, strictness::as_comfyui}) {
            const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
                const auto split = stet::split<Layout>(given, {.strictness = how, .allocator = memory});
                return split ? std::string_view("none") : stet::name(split.error().code);
            });
            CHECK(needed > steps);
        }
    };
    runs_out(layouts::stable_audio{},
             {"model.model.a", "text_encoders.t5.a", "pretransform.model.a",
              "conditioner.conditioners.seconds_start.a", "conditioner.conditioners.seconds_total.a",
              "unknown"},
             8);
    runs_out(layouts::cascade_c{},
             {"model.diffusion_model.a", "text_encoder.a", "vae.a",
              "clip_l_vision.vision_model.post_layernorm.weight"},
             8);
    runs_out(layouts::sd2_unclip{},
             {{"embedder.model.visual.transformer.resblocks.0.attn.in_proj_weight", {6, 1}},
              {"embedder.model.visual.transformer.resblocks.0.ln_1.weight"},
              {"cond_stage_model.model.ln_final.weight"}},
             8);
    runs_out(stet::with_unprefixed_vision<layouts::sd1>{},
             {"vision_model.post_layernorm.weight", "model.diffusion_model.a", "cond_stage_model.a"}, 8);
}

TEST_CASE("a layout without a place for a model leaves the model's tensors over")
{
    using vae_alone = stet::prefix_layout<stet::under<stet::role::vae, "vae.">>;
    const auto split = split_of<vae_alone>({"vae.a", "model.diffusion_model.a"});
    CHECK(names_of(split.vae) == name_list{"a"});
    CHECK(split.model.empty());
    CHECK(names_of(split.leftover) == name_list{"model.diffusion_model.a"});
}

TEST_CASE("a tensor that is missing, or whose strides are gone, is reported under its name")
{
    const std::vector<std::pair<std::string_view, const stet::tensor_view*>> missing{{"vae.a", nullptr}};
    const auto of_none = stet::split<layouts::generic>(missing);
    REQUIRE_FALSE(of_none);
    CHECK(of_none.error().code == stet::errc::missing_tensor);
    CHECK(of_none.error().subject() == "vae.a");
    const std::vector<std::pair<std::string_view, stet::tensor_view>> expired{
        {"vae.a", {.type = stet::dtype::u8, .shape = {1}, .strides = std::array<int, 9>{}, .size = 1}}};
    const auto of_expired = stet::split<layouts::generic>(expired);
    REQUIRE_FALSE(of_expired);
    CHECK(of_expired.error().code == stet::errc::borrowed_axes_expired);
    CHECK(of_expired.error().subject() == "vae.a");
}
