// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/quantised_sample.hpp"
#include "support/short_memory.hpp"

#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/quantised/encoded.hpp>
#include <stet/quantised/verify.hpp>
#include <stet/state/checkpoint.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::quantised::rule;
using stet::quantised::severity;
using support::quantised_sample;
using support::sample_layer;
using support::sound_sample;

namespace {

std::string q()
{
    return std::string(sample_layer);
}

std::string lines(std::initializer_list<std::string_view> each)
{
    std::string all;
    for (const std::string_view one : each) {
        all += one;
        all += ' ';
        all += sample_layer;
        all += '\n';
    }
    return all;
}

} // namespace

TEST_CASE("sound layers have no findings, but those whose form is worth a line")
{
    for (const std::string_view format : support::marked_formats) {
        CAPTURE(format);
        CHECK(sound_sample(format).said() == "");
    }
    CHECK(sound_sample("bnb_nf4").said() == lines({"info bnb-not-read"}));
    CHECK(sound_sample("scaled_fp8").said() == "");
    quantised_sample plain;
    plain.add(q() + ".weight", dtype::f8_e5m2, {4, 4, 3, 3});
    CHECK(plain.said() == lines({"info plain-fp8"}));
}

TEST_CASE("what is made of zeros is sound, all of them or a block, a row, a group")
{
    namespace formats = stet::quantised::formats;
    std::vector<stet::quantised::style> styles;
    for (const auto* const format : {&formats::float8_e4m3fn, &formats::float8_e5m2, &formats::nvfp4,
                                     &formats::mxfp8, &formats::int8_tensorwise})
        styles.push_back({.format = format});
    styles.push_back({.format = &formats::int8_tensorwise, .has_row_scales = true});
    styles.push_back({.format = &formats::convrot_w4a4, .settings = {.convrot_groupsize = 64}});
    for (const unsigned bits : {4U, 6U}) {
        for (const bool has_codebook : {false, bits == 4})
            styles.push_back({.format = &formats::asym_w4a8_int8,
                              .settings = {.convrot_groupsize = 64, .group_size = 16},
                              .has_codebook = has_codebook,
                              .bits = bits});
    }
    for (const std::size_t first : {0U, 16U, 64U, 128U, 160U * 64U}) { // what is not zero from there on
        std::vector<float> numbers(160UL * 64);
        for (std::size_t i = first; i < numbers.size(); ++i)
            numbers[i] = static_cast<float>(i % 7) - 3.25F;
        const auto values = stet::view_of(numbers, {160, 64});
        for (const stet::quantised::style& how : styles) {
            CAPTURE(first, how.format->name, how.bits, how.has_codebook);
            const auto made = stet::quantised::encoded::of(q(), *values, how);
            REQUIRE(made);
            const auto found = stet::quantised::verify(*made);
            REQUIRE(found);
            for (const stet::quantised::finding& one : *found)
                CHECK(one.rule != rule::scale_value);
        }
    }
}

TEST_CASE("a finding names the tensor, and what was expected and found")
{
    auto sample = sound_sample("convrot_w4a4");
    sample[q() + ".weight_scale"].shape = {32, 1};
    const auto found = sample.verified();
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    const stet::quantised::finding& one = (*found)[0];
    CHECK(one.rule == rule::scale_shape);
    CHECK(one.severity == severity::error);
    CHECK(one.tensor == q() + ".weight_scale");
    CHECK(one.expected == "[32]");
    CHECK(one.found == "[32, 1]");
    CHECK(found->has_errors());
    CHECK(stet::quantised::message(one) == "error scale-shape: layer 'blocks.0.attn.q', tensor "
                                           "'blocks.0.attn.q.weight_scale': expected [32], found [32, 1]");
}

TEST_CASE("a message is one line, whatever a name holds")
{
    const stet::quantised::finding one{.rule = rule::plain_fp8, .severity = severity::info, .layer = "a\nb"};
    CHECK(stet::quantised::message(one).find('\n') == std::string::npos);
    CHECK(stet::quantised::message(one).starts_with("info plain-fp8: layer 'a"));
}

TEST_CASE("a finding about the header has no layer")
{
    auto sample = sound_sample("nvfp4");
    sample.metadata() = R"({"layers": {"other": {"format": "nvfp4"}}})";
    const auto found = sample.verified();
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(stet::quantised::message((*found)[0]) ==
          "error metadata-layer-unknown: expected the name of a layer that has a weight, found other");
}

TEST_CASE("a map of tensors is verified as a file is")
{
    auto                                          sample = sound_sample("mxfp8");
    std::map<std::string_view, stet::tensor_view> dict;
    for (const auto& one : sample.named())
        dict.emplace(one.name, one.tensor);
    auto found = stet::quantised::verify(dict);
    REQUIRE(found);
    CHECK(found->empty());
    dict.erase(q() + ".comfy_quant");
    found = stet::quantised::verify(dict, {.values = false});
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK((*found)[0].rule == rule::marker_missing);
    found = stet::quantised::verify(dict,
                                    {.metadata = R"({"layers": {"blocks.0.attn.q": {"format": "mxfp8"}}})"});
    REQUIRE(found);
    CHECK(found->empty());
}

TEST_CASE("a plan is verified before it is saved, under the names that it is saved under")
{
    quantised_sample sample = sound_sample("mxfp8");
    sample.drop(q() + ".weight_scale");
    const auto tensors = sample.named();
    const auto plan = stet::make_plan(stet::model_only{.model = tensors}, stet::layouts::generic{});
    REQUIRE(plan);
    const auto found = stet::quantised::verify(*plan);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK((*found)[0].rule == rule::scale_missing);
    CHECK((*found)[0].layer == "model.diffusion_model." + q());
}

TEST_CASE("a shape that is told is held against the weight")
{
    const auto                                                  sample = sound_sample("nvfp4");
    const auto                                                  all = sample.named();
    const stet::array_view<const stet::quantised::named_tensor> tensors(all);
    const std::vector<stet::quantised::known_shape> fits{{.layer = sample_layer, .rows = 20, .columns = 60}};
    const std::vector<stet::quantised::known_shape> too_small{
        {.layer = sample_layer, .rows = 16, .columns = 60}};
    CHECK(stet::quantised::verify(tensors, {.shapes = fits})->empty());
    const auto found = stet::quantised::verify(tensors, {.shapes = too_small});
    REQUIRE(found->size() == 1);
    CHECK((*found)[0].rule == rule::weight_shape);
    CHECK((*found)[0].found == "32 rows of 64 columns");
}

TEST_CASE("a format of one's own is a row of data")
{
    static constexpr std::array<stet::quantised::side_tensor, 1> sides{
        {{.name = "zero_points",
          .is_required = true,
          .shape = stet::quantised::side_shape::rows,
          .types = {dtype::i8}}}};
    const std::vector<stet::quantised::format> own{
        {.name = "mine", .weight_types = {dtype::i16}, .side_tensors = sides}};
    quantised_sample sample;
    sample.add(q() + ".weight", dtype::i16, {4, 6});
    sample.add(q() + ".zero_points", dtype::i8, {4});
    sample.add_text(q() + ".comfy_quant", R"({"format": "mine"})");
    const auto verified = [&] {
        const auto all = sample.named();
        return stet::quantised::verify(stet::array_view<const stet::quantised::named_tensor>(all),
                                       {.formats = own});
    };
    CHECK(sample.said() == lines({"error marker-format-unknown"}));
    CHECK(verified()->empty());
    sample.drop(q() + ".zero_points");
    const auto found = verified();
    REQUIRE(found->size() == 1);
    CHECK((*found)[0].rule == rule::scale_missing);
}

TEST_CASE("memory that is refused is an error, wherever it is refused")
{
    auto sample = sound_sample("asym_w4a8_int8");
    sample.add("scaled_fp8", dtype::f8_e4m3, {0});
    sample.metadata() = R"({"layers": {"blocks.0.attn.q": {"format": "nvfp\u0034"}, "none": {}}})";
    auto blocks = sound_sample("bnb_nf4");
    for (const auto& one : blocks.tensors()) {
        sample.tensors().push_back(one);
        sample.tensors().back().name.insert(0, "b.");
    }
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              const auto found = sample.verified(memory);
              return found                                             ? "none"
                     : found.error().code == stet::errc::out_of_memory ? "out_of_memory"
                                                                       : "another";
          }) > 20);
}

TEST_CASE("what a hostile file needs grows with its length alone")
{
    const auto needed = [](std::size_t count) {
        quantised_sample sample;
        std::string      metadata = R"({"layers": {)";
        for (std::size_t i = 0; i < count; ++i) {
            const std::string name = "a.scaled_fp8." + std::to_string(i);
            sample.add(name + ".scaled_fp8", dtype::u8, {1});
            sample.add(name + ".weight_scale", dtype::i64, {});
            sample.add(name + ".scale_weight", dtype::i64, {});
            sample.add_text(name + ".comfy_quant", R"({"a": 1, "a": 2, "format": "nvfp4", "b": [[[]]]})");
            metadata += (i == 0 ? "" : ",") + ('"' + name) + R"(\u0041": {"format": 1})";
        }
        sample.metadata() = metadata + "}}";
        support::counting_heap heap;
        const auto             found = sample.verified(heap.allocator());
        CHECK(found);
        CHECK(found->size() >= count * 3);
        return heap.peak_bytes();
    };
    const std::size_t some = needed(500);
    const std::size_t many = needed(4000);
    CHECK(many < some * 16);
}

TEST_CASE("a name of nothing but dots, flags within flags and texts within texts cost no stack")
{
    quantised_sample sample;
    std::string      deep(20'000, '[');
    sample.add_text(q() + ".comfy_quant", deep);
    sample.add(q() + ".weight", dtype::u8, {2, 2});
    sample.add(std::string(50'000, '.') + "weight_scale", dtype::f32, {});
    std::string prefix;
    for (int i = 0; i < 200; ++i) {
        prefix += "a.";
        sample.add(prefix + "scaled_fp8", dtype::u8, {1});
    }
    sample.add(prefix + "weight", dtype::f8_e4m3, {2, 2});
    const auto found = sample.verified();
    REQUIRE(found);
    CHECK(found->count(severity::error) == 2); // the marker, and the scale without a weight
    CHECK(found->count(severity::warning) == 1);
    sample.metadata() = std::string(100'000, '{');
    CHECK(sample.verified()->has_errors());
}
