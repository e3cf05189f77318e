// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/merge/impl/component_ratios.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::component_ratios;
using stet::merging::formula;
using stet::merging::ratios;
using stet::merging::recipe;

namespace {

std::vector<std::string_view> checkpoint()
{
    return {"model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.decoder.conv_in.weight",
            "cond_stage_model.transformer.text_model.embeddings.position_ids", "betas"};
}

stet::result<component_ratios> made(const recipe&                        how,
                                    const std::vector<std::string_view>& names = checkpoint())
{
    std::vector<stet::quantised::named_tensor> tensors;
    for (const std::string_view name : names)
        tensors.push_back({.name = name, .tensor = {}});
    return component_ratios::of(how, {tensors.data(), tensors.size()});
}

component_ratios sound(const recipe& how, const std::vector<std::string_view>& names = checkpoint())
{
    const auto found = made(how, names);
    REQUIRE(found);
    return *found;
}

} // namespace

TEST_CASE("a name's component and block tell its ratio")
{
    const auto of =
        sound({.ratios = {.input = 0.1, .middle = 0.2, .out = 0.3, .text_encoder = 0.4, .vae = 0.6}});
    CHECK(of.of("model.diffusion_model.input_blocks.0.0.weight") == 0.1);
    CHECK(of.of("model.diffusion_model.time_embed.0.weight") == 0.1);
    CHECK(of.of("model.diffusion_model.middle_block.1.bias") == 0.2);
    CHECK(of.of("model.diffusion_model.output_blocks.2.weight") == 0.3);
    CHECK(of.of("model.diffusion_model.out.2.weight") == 0.3);
    CHECK(of.of("cond_stage_model.transformer.text_model.a.weight") == 0.4);
    CHECK(of.of("first_stage_model.a") == 0.6);
    CHECK(of.of("betas") == std::nullopt);
    CHECK(of.of("cond_stage_model.transformer.text_model.embeddings.position_ids") == std::nullopt);
    CHECK(of.of("cond_stage_model.transformer.logit_scale") == std::nullopt);
    CHECK(sound({}).of("first_stage_model.a") == 0.5);
    CHECK(sound({.ratios = {.all = 0.25, .vae = 1}}).of("model.diffusion_model.a") == 0.25);
}

TEST_CASE("names without prefixes are a diffusion model's")
{
    const std::vector<std::string_view> names{"input_blocks.0.weight", "middle_block.0.weight",
                                              "out.0.weight"};
    const auto                          of = sound({.ratios = {.middle = 0.2, .out = 0.75}}, names);
    CHECK(of.of("input_blocks.0.weight") == 0.5);
    CHECK(of.of("middle_block.0.weight") == 0.2);
    CHECK(of.of("out.0.weight") == 0.75);
}

TEST_CASE("what is added are diffusion models and text encoders, a difference is added to all")
{
    for (const formula which : {formula::add, formula::subtract}) {
        const auto of = sound({.formula = which});
        CHECK(of.of("model.diffusion_model.a") == 0.5);
        CHECK(of.of("cond_stage_model.transformer.a") == 0.5);
        CHECK(of.of("first_stage_model.a") == std::nullopt);
    }
    CHECK(sound({.formula = formula::add_difference}).of("first_stage_model.a") == 0.5);
    CHECK(sound({.formula = formula::add_difference, .ratios = {.vae = 1}}).of("first_stage_model.a") == 1);
}

TEST_CASE("a ratio that cannot be is named with its value")
{
    CHECK(stet::message(made({.ratios = {.all = 1.5}}).error()) ==
          "'ratio' is 1.5; it must lie between 0 and 1");
    CHECK(stet::message(made({.ratios = {.text_encoder = -0.25}}).error()) ==
          "'text-encoder' is -0.25; it must lie between 0 and 1");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(support::failure(made({.ratios = {.vae = nan}})) == "invalid_ratio");
    CHECK(support::failure(made({.multiplier = nan})) == "invalid_ratio");
    CHECK(stet::message(made({.formula = formula::add, .ratios = {.out = 0.5}}).error()) ==
          "'out' is 0.5; it must be 1 where files are added or subtracted");
}

TEST_CASE("a ratio of what the file does not have is refused")
{
    CHECK(
        stet::message(made({.ratios = {.vision_encoder = 0.5}}).error()) ==
        "the first file gives no meaning to a ratio of the vision encoder: it has none, as far as names tell; leave "
        "it out");
    CHECK(support::failure(made({.ratios = {.middle = 0.5}}, {"first_stage_model.a", "betas"})) ==
          "meaningless_ratio");
    CHECK(support::failure(made({.ratios = {.vae = 0.5}}, {"a", "b"})) == "meaningless_ratio");
    CHECK(support::failure(made({.ratios = {.text_encoder = 0.5}}, {"a", "b"})) == "meaningless_ratio");
    CHECK(support::failure(made({.ratios = {.all = 0.5}}, {"a", "b"})) == "none");
}
