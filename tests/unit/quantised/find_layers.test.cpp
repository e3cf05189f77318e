// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/quantised_sample.hpp"
#include "support/short_memory.hpp"

#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/quantised/find_layers.hpp>
#include <stet/shards/sharding.hpp>
#include <stet/state/checkpoint.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::quantised::described_by;
using stet::quantised::find_options;
using stet::quantised::layer;
using stet::quantised::metadata_state;
using stet::quantised::named_tensor;
using stet::quantised::no_tensor;
using support::quantised_sample;
using support::sample_layer;
using support::sound_sample;

namespace formats = stet::quantised::formats;

namespace {

std::string q()
{
    return std::string(sample_layer);
}

/// Kept as long as the layers that borrow it.
struct found_sample {
    explicit found_sample(quantised_sample given, find_options options = {})
        : sample(std::move(given)), tensors(sample.named()), layers([&] {
              options.metadata = sample.metadata();
              return stet::quantised::find_layers(stet::array_view<const named_tensor>(tensors), options);
          }())
    {
        REQUIRE(layers);
    }

    const layer& operator[](std::string_view name) const
    {
        const layer* const one = layers->find(name);
        REQUIRE(one != nullptr);
        return *one;
    }

    quantised_sample                      sample;
    std::vector<named_tensor>             tensors;
    stet::result<stet::quantised::layers> layers;
};

} // namespace

TEST_CASE("a layer is all tensors of its name, and what its marker says")
{
    const found_sample found(sound_sample("asym_w4a8_int8"));
    REQUIRE(found.layers->size() == 1);
    const layer& one = found[q()];
    CHECK(&one == found.layers->begin());
    CHECK(one.name == q());
    CHECK(one.format == &formats::asym_w4a8_int8);
    CHECK(one.format_name == "asym_w4a8_int8");
    CHECK(one.described_by == described_by::marker);
    CHECK(one.settings.convrot);
    CHECK(one.settings.convrot_groupsize == 64);
    CHECK(one.settings.group_size == 16);
    CHECK(one.shape.rows == 32U);
    CHECK(one.shape.columns == 64U);
    CHECK(one.weight == 0);
    CHECK(found.tensors[one.bias].name == q() + ".bias");
    CHECK(one.companions.size() == 4);
    for (const auto& each : one.companions) {
        CHECK(found.tensors[each.position].name == q() + "." + std::string(each.name));
        CHECK((each.meaning == nullptr) == (each.name == "comfy_quant"));
        CHECK(found.layers->layer_of(each.position) == &one);
    }
    CHECK(found.layers->layer_of(static_cast<std::uint32_t>(found.tensors.size() - 1)) == nullptr);
    CHECK(found.layers->find("norm") == nullptr);
    CHECK(found.layers->metadata() == metadata_state::absent);
}

TEST_CASE("a name tells its layer, so that a set of files keeps layers whole")
{
    using stet::quantised::layer_name;
    CHECK(layer_name("a.q.weight_scale") == "a.q");
    CHECK(layer_name("a.q.comfy_quant") == "a.q");
    CHECK(layer_name("a.q.weight.quant_state.bitsandbytes__nf4") == "a.q");
    CHECK((layer_name("a.q.weight") == "a.q" && layer_name("a.q.bias") == "a.q"));
    CHECK(
        (layer_name("t5.scaled_fp8").empty() && layer_name("logit_scale").empty() && layer_name("").empty()));

    const std::vector<stet::shards::sized_tensor> tensors{
        {"a.weight", 6}, {"b.weight", 6}, {"a.weight_scale", 4}, {"b.weight_scale", 4}};
    const auto apart = stet::shards::split(tensors, {.limit = 12});
    const auto whole = stet::shards::split(tensors, {.limit = 12, .group = layer_name});
    REQUIRE((apart && whole));
    REQUIRE((apart->size() == 2 && whole->size() == 2));
    CHECK(std::vector<std::uint32_t>((*apart)[0].begin(), (*apart)[0].end()) ==
          std::vector<std::uint32_t>{0, 1});
    CHECK(std::vector<std::uint32_t>((*whole)[0].begin(), (*whole)[0].end()) ==
          std::vector<std::uint32_t>{0, 2});
}

TEST_CASE("a plan's layers have the names that they are saved under")
{
    const quantised_sample          sample = sound_sample("nvfp4");
    const std::vector<named_tensor> model = sample.named();
    const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});
    REQUIRE(plan);
    const auto layers = stet::quantised::find_layers(*plan);
    REQUIRE(layers);
    REQUIRE(layers->size() == 1);
    const layer& one = (*layers)[0];
    CHECK(one.name == "model.diffusion_model." + q());
    CHECK(one.format == &formats::nvfp4);
    CHECK(one.described_by == described_by::marker);
    CHECK(layers->find("model.diffusion_model." + q()) == &one);
    CHECK(layers->tensors()[one.weight].name == "model.diffusion_model." + q() + ".weight");
    CHECK(layers->tensors().size() == sample.tensors().size());
}

TEST_CASE("the metadata describes a layer, and wins over its marker")
{
    auto sample = sound_sample("float8_e4m3fn");
    sample.metadata() =
        R"({"layers": {"no\u006e": {}, "blocks.0.attn.q": {"format": "float8_e5m2"}, "norm.weight": {}}})";
    {
        const found_sample found(sample);
        CHECK(found[q()].described_by == described_by::both);
        CHECK(found[q()].format == &formats::float8_e5m2);
        CHECK(found.layers->metadata() == metadata_state::sound);
        REQUIRE(found.layers->unplaced().size() == 2);
        CHECK(found.layers->unplaced()[0] == "non");
        CHECK(found.layers->unplaced()[1] == "norm.weight");
    }
    sample.drop(q() + ".comfy_quant");
    CHECK(found_sample(sample)[q()].described_by == described_by::metadata);
    sample.metadata() = R"({"layers": {"norm": {"format": "made_up"}}})";
    const found_sample found(sample);
    CHECK(found["norm"].described_by == described_by::metadata);
    CHECK(found["norm"].format == nullptr);
    CHECK(found["norm"].format_name == "made_up");
    CHECK(found[q()].described_by == described_by::nothing);
}

TEST_CASE("metadata that cannot be read describes nothing")
{
    auto sample = sound_sample("mxfp8");
    sample.metadata() = "{";
    CHECK(found_sample(sample).layers->metadata() == metadata_state::no_json);
    CHECK(found_sample(sample)[q()].described_by == described_by::marker);
    sample.metadata() = R"({"layers": []})";
    CHECK(found_sample(sample).layers->metadata() == metadata_state::no_layers);
}

TEST_CASE("the older form is read where its flag is found, and not beside metadata")
{
    auto sample = sound_sample("scaled_fp8");
    {
        const found_sample found(sample);
        CHECK(found[q()].described_by == described_by::old_names);
        CHECK(found[q()].format == &formats::float8_e4m3fn);
        CHECK(found[q()].settings.full_precision_matrix_mult);
        for (const auto& each : found[q()].companions)
            CHECK(each.meaning->name == (each.name == "scale_weight" ? "weight_scale" : "input_scale"));
        REQUIRE(found.layers->old_flags().size() == 1);
        CHECK(found.layers->old_flags()[0].prefix.empty());
    }
    sample["scaled_fp8"].shape = {1, 1};
    sample["scaled_fp8"].data.resize(1);
    CHECK_FALSE(found_sample(sample)[q()].settings.full_precision_matrix_mult);
    sample.metadata() = R"({"layers": {}})";
    CHECK(found_sample(sample)[q()].described_by == described_by::nothing);
    sample.metadata().reset();
    sample["scaled_fp8"].name = "other.scaled_fp8";
    CHECK(found_sample(sample)[q()].described_by == described_by::nothing);
}

TEST_CASE("plain fp8 and bitsandbytes are told by dtype and names")
{
    quantised_sample sample = sound_sample("bnb_nf4");
    sample.add("plain.weight", dtype::f8_e5m2, {2, 3});
    sample.add("halves.weight", dtype::f16, {2, 3});
    sample.add("halves.weight_g", dtype::f16, {2});
    const found_sample found(sample);
    CHECK(found.layers->size() == 2);
    const layer& blocks = found[q()];
    CHECK(blocks.format == &formats::bnb_nf4);
    CHECK(blocks.described_by == described_by::bitsandbytes);
    CHECK(blocks.blocks.blocksize == 64);
    CHECK(blocks.blocks.nested_blocksize == 256);
    CHECK(blocks.blocks.nested_offset == 0.5);
    CHECK(blocks.shape.rows == 8U);
    CHECK(blocks.shape.columns == 64U);
    CHECK(blocks.position_of("weight.absmax") != no_tensor);
    CHECK(found["plain"].format == &formats::plain_fp8);
    CHECK(found["plain"].described_by == described_by::dtype);
    CHECK(found["plain"].shape.whole == stet::extents{2, 3});
}

TEST_CASE("what may be padding is not known, unless a tensor or somebody tells")
{
    auto sample = sound_sample("nvfp4");
    sample[q() + ".bias"].shape = {20};
    CHECK(found_sample(sample)[q()].shape.rows == 20U);
    CHECK(found_sample(sample)[q()].shape.columns == 64U);
    sample.drop(q() + ".pre_quant_scale");
    CHECK_FALSE(found_sample(sample)[q()].shape.columns);
    sample[q() + ".bias"].shape = {15}; // of another weight
    CHECK_FALSE(found_sample(sample)[q()].shape.rows);
    sample.drop(q() + ".bias");
    CHECK_FALSE(found_sample(sample)[q()].shape.rows);
    sample[q() + ".weight"].shape = {31, 32};
    CHECK(found_sample(sample)[q()].shape.rows == 31U);
    const std::vector<stet::quantised::known_shape> told{{.layer = "x", .rows = 1, .columns = 1},
                                                         {.layer = sample_layer, .rows = 2, .columns = 3},
                                                         {.layer = sample_layer, .rows = 30, .columns = 60}};
    const found_sample                              found(sample, {.shapes = told});
    CHECK(found[q()].shape.rows == 30U);
    CHECK(found[q()].shape.columns == 60U);
}

TEST_CASE("rows of six bits are told by their group scales")
{
    auto sample = sound_sample("asym_w4a8_int8");
    sample[q() + ".weight"].shape = {32, 48};
    CHECK(found_sample(sample)[q()].shape.columns == 64U);
    sample[q() + ".weight"].shape = {32, 32};
    CHECK(found_sample(sample)[q()].shape.columns == 64U);
}

TEST_CASE("a marker that says nothing leaves a layer of unknown format")
{
    for (const std::string_view text : {"", "{", "null", "[]", "{}", R"({"format": 1})"}) {
        auto sample = sound_sample("nvfp4");
        sample.drop(q() + ".comfy_quant");
        sample.add_text(q() + ".comfy_quant", text);
        const found_sample found(sample);
        CHECK(found[q()].described_by == described_by::marker);
        CHECK(found[q()].format == nullptr);
        CHECK(found[q()].companions.size() == 4);
    }
    auto sample = sound_sample("nvfp4");
    sample.drop(q() + ".comfy_quant");
    sample.add_text(q() + ".comfy_quant", std::string(2'000'000, ' ') + R"({"format": "nvfp4"})");
    CHECK(found_sample(sample)[q()].format == nullptr); // too long to be one
}

TEST_CASE("a dict's tensor that is an error stops the search with its name")
{
    std::map<std::string, stet::result<stet::tensor_view>> dict;
    dict[q() + ".weight"];
    const auto found = stet::quantised::find_layers(dict);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == stet::errc::missing_tensor);
    CHECK(found.error().subject() == q() + ".weight");
}

TEST_CASE("a plan's layers are not found without memory for their names")
{
    const quantised_sample          sample = sound_sample("nvfp4");
    const std::vector<named_tensor> tensors = sample.named();
    const auto                      plan = stet::make_plan(tensors);
    REQUIRE(plan);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(stet::quantised::find_layers(*plan, {.allocator = memory}));
          }) > 3);
}

TEST_CASE("without memory nothing is found")
{
    auto sample = sound_sample("nvfp4");
    sample.metadata() = R"({"layers": {"n": {"format": "nvfp4"}}})";
    std::map<std::string_view, stet::tensor_view> dict;
    for (const auto& one : sample.named())
        dict.emplace(one.name, one.tensor);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              const auto found =
                  stet::quantised::find_layers(dict, {.metadata = sample.metadata(), .allocator = memory});
              return found                                             ? "none"
                     : found.error().code == stet::errc::out_of_memory ? "out_of_memory"
                                                                       : "another";
          }) > 8);
}
