// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

namespace layouts = stet::layouts;
namespace role = stet::role;
using stet::strictness;
using stet::with_openclip_vision;
using stet::with_unprefixed_vision;
using support::floats;
using support::named_tensors;

using unprefixed = with_unprefixed_vision<layouts::generic>;
static_assert(!stet::layout_for<layouts::generic, stet::image_only> &&
              stet::layout_for<unprefixed, stet::image_only>);
static_assert(stet::place(unprefixed{}, role::vision_encoder{}, "w")->prefix.empty());
static_assert(stet::place(unprefixed{}, role::vision_encoder{}, "w")->stem == "w");
static_assert(stet::place(unprefixed{}, role::model{}, "w")->prefix == "model.diffusion_model.");
static_assert(stet::place(unprefixed{}, role::vae{}, "w")->prefix == "vae.");

// What the layout does with the other roles stays.
using sdxl = with_unprefixed_vision<stet::families::sdxl>;
static_assert(stet::rearranges<sdxl, role::text_encoder> && stet::layout_for<sdxl, stet::image_only> &&
              stet::layout_for<sdxl, stet::full> && sdxl::name == "SDXL");

using openclip = with_openclip_vision<layouts::svd>;
static_assert(stet::rearranges<openclip, role::vision_encoder> &&
              !stet::rearranges<openclip, role::text_encoder>);
static_assert(stet::layout_for<openclip, stet::image_only> && stet::layout_for<openclip, stet::full>);

constexpr std::string_view base = "conditioner.embedders.0.open_clip.model.visual.";

/// A vision encoder of one layer as ComfyUI names it.
named_tensors encoder(support::tensor_pool& pool)
{
    const std::string layer = "vision_model.encoder.layers.0.";
    named_tensors     given{{"vision_model.embeddings.class_embedding", pool.f32({2}, {1, 2})},
                            {"vision_model.embeddings.patch_embedding.weight", pool.f32({1, 1, 1, 1}, {3})},
                            {"vision_model.embeddings.position_embedding.weight", pool.f32({2, 1}, {4, 5})},
                            {"vision_model.pre_layrnorm.weight", pool.f32({1}, {6})},
                            {layer + "layer_norm1.weight", pool.f32({1}, {7})},
                            {layer + "mlp.fc1.weight", pool.f32({1, 1}, {8})},
                            {layer + "mlp.fc2.bias", pool.f32({1}, {9})},
                            {layer + "self_attn.out_proj.weight", pool.f32({1, 1}, {10})}};
    for (const std::string part : {"k", "q", "v"}) {
        const float value = part == "q" ? 11 : part == "k" ? 12 : 13;
        given.emplace_back(layer + "self_attn." + part + "_proj.weight", pool.f32({1, 1}, {value}));
        given.emplace_back(layer + "self_attn." + part + "_proj.bias", pool.f32({1}, {-value}));
    }
    given.emplace_back("vision_model.post_layernorm.bias", pool.f32({1}, {14}));
    given.emplace_back("visual_projection.weight", pool.f32({2, 3}, {0, 1, 2, 3, 4, 5}));
    return given;
}

template <class Layout>
stet::result<void> rearrange(stet::rearrangement& work, const named_tensors& given)
{
    if (auto filled = support::fill(work, given); !filled)
        return filled;
    return Layout::rearrange(role::vision_encoder{}, work);
}

std::string refusal(const named_tensors& given, strictness how)
{
    stet::change_log    log(stet::heap());
    stet::rearrangement work(log, 0, how);
    return std::string(support::failure(rearrange<openclip>(work, given)));
}

} // namespace

TEST_CASE("a vision encoder gets OpenCLIP's names under the layout's prefix")
{
    support::tensor_pool pool;
    stet::change_log     log(stet::heap());
    stet::rearrangement  work(log, 0, strictness::strict);
    REQUIRE(rearrange<openclip>(work, encoder(pool)));

    std::string expected;
    for (const std::string_view name :
         {"class_embedding", "conv1.weight", "positional_embedding", "ln_pre.weight",
          "transformer.resblocks.0.ln_1.weight", "transformer.resblocks.0.mlp.c_fc.weight",
          "transformer.resblocks.0.mlp.c_proj.bias", "transformer.resblocks.0.attn.out_proj.weight",
          "ln_post.bias", "proj", "transformer.resblocks.0.attn.in_proj_weight",
          "transformer.resblocks.0.attn.in_proj_bias"})
        expected += std::string(base) + std::string(name) + ";";
    CHECK(support::names(work.dict) == expected);
    CHECK(log.changes.empty());

    const auto tensor = [&](std::string_view name) {
        return support::tensor_named(work.dict, std::string(base) + std::string(name));
    };
    CHECK(floats(tensor("transformer.resblocks.0.attn.in_proj_weight")) == std::vector<float>{11, 12, 13});
    CHECK(floats(tensor("transformer.resblocks.0.attn.in_proj_bias")) == std::vector<float>{-11, -12, -13});
    CHECK((tensor("proj").shape[0] == 3 && tensor("proj").shape[1] == 2));
    CHECK(floats(tensor("proj")) == std::vector<float>{0, 3, 1, 4, 2, 5});
    CHECK(floats(tensor("class_embedding")) == std::vector<float>{1, 2});
    CHECK(tensor("conv1.weight").shape.size() == 4);
}

TEST_CASE("a vision encoder under OpenCLIP's names pours from its own memory")
{
    support::tensor_pool pool;
    const named_tensors  given = encoder(pool);
    stet::change_log     log(stet::heap());
    stet::rearrangement  work(log, 0, strictness::strict);
    REQUIRE(rearrange<openclip>(work, given));
    pool.made(9)[0] = -1; // q's bias was made after k's two tensors and q's weight
    pool.made(11)[0] = -2;

    CHECK(floats(support::tensor_named(work.dict,
                                       std::string(base) + "transformer.resblocks.0.attn.in_proj_bias")) ==
          std::vector<float>{-2, -1, -13});
}

TEST_CASE("what a vision encoder would lose under OpenCLIP's names is refused")
{
    support::tensor_pool pool;
    named_tensors        given = encoder(pool);
    CHECK(refusal(given, strictness::strict) == "none");
    given.emplace_back("vision_model.encoder.layers.0.self_attn.q_proj.weight_scale", pool.one(1));
    CHECK(refusal(given, strictness::strict) == "quantised_companion");
    CHECK(refusal(given, strictness::as_comfyui) == "none");
    given.pop_back();
    given.back().second = pool.one(1);
    CHECK(refusal(given, strictness::strict) == "projection_rank");
    given.pop_back();
    given.erase(given.begin() + 8);
    CHECK(refusal(given, strictness::strict) == "missing_qkv");
}

TEST_CASE("a vision encoder rearranged without memory says so and gives all memory back")
{
    support::tensor_pool pool;
    const named_tensors  given = encoder(pool);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              stet::change_log    log(memory);
              stet::rearrangement work(log, 0, strictness::strict);
              return support::failure(rearrange<openclip>(work, given));
          }) > 5);
}

static_assert(
    stet::rearranges<stet::with_openclip_vision<stet::layouts::sd2_unclip>, stet::role::text_encoder>);
static_assert(
    stet::rearranges<stet::with_openclip_vision<stet::layouts::sd2_unclip>, stet::role::vision_encoder>);
static_assert(!stet::rearranges<stet::with_openclip_vision<stet::layouts::svd>, stet::role::text_encoder>);
static_assert(stet::places<stet::with_openclip_vision<stet::layouts::svd>, stet::role::text_encoder>);
static_assert(!stet::places<stet::with_openclip_vision<stet::layouts::generic>, stet::role::vision_encoder>);
