// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/merge_sample.hpp"

#include <stet/merge/impl/merge_builder.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::detail::merge_side;
using stet::merging::formula;
using stet::merging::merge;
using stet::merging::merged_model;
using stet::merging::outcome;
using stet::merging::recipe;
using support::merge_sample;
using support::names_in;
using support::numbers_in_merge;

namespace {

constexpr const char* two_codes = "\x38\x40"; // 1, 2

recipe ratio(double all)
{
    return {.ratios = {.all = all}};
}

merged_model merged(const merge_sample& a, const merge_sample& b, const recipe& how = {})
{
    auto made = merge(a.tensors, b.tensors, how);
    REQUIRE(made);
    return *std::move(made);
}

std::string refusal(const merge_sample& a, const merge_sample& b, const recipe& how = {})
{
    const auto made = merge(a.tensors, b.tensors, how);
    return made ? "none" : stet::message(made.error());
}

std::string bytes_in(const merged_model& model, std::string_view name)
{
    return support::poured(support::tensor_in(model, name));
}

outcome outcome_of(const merged_model& model, std::string_view name)
{
    for (const auto& one : model.decisions()) {
        if (one.name == name)
            return one.outcome;
    }
    FAIL("nothing was decided about " << name);
    return outcome::merged;
}

/// Two quantised layers of the same kind, with the values 2 4 and 4 8.
struct layers {
    explicit layers(bool is_marked = true)
    {
        a.put_float8("q", two_codes, 2).put("q.bias", {1, 1});
        b.put_float8("q", two_codes, 4).put("q.bias", {3, 3});
        if (is_marked) {
            a.mark("q");
            b.mark("q");
        }
    }
    merge_sample a{};
    merge_sample b{};
};

} // namespace

TEST_CASE("scales are never mixed: quantised layers want a dtype, or new scales")
{
    const layers both;
    CHECK(
        refusal(both.a, both.b) ==
        "tensor 'q.weight' cannot be merged: it is quantised; ask for F32, F16 or BF16, for quantising it again, or for "
        "a ratio of 0 or 1");
    const auto plain = merged(both.a, both.b, {.type = dtype::f16});
    CHECK(names_in(plain) == "q.bias q.weight");
    CHECK(numbers_in_merge(plain, "q.weight") == std::vector<float>{3, 6});
    CHECK(support::tensor_in(plain, "q.weight").type == dtype::f16);
    CHECK(support::tensor_in(plain, "q.bias").type == dtype::f16);
    CHECK(outcome_of(plain, "q.weight_scale") == outcome::dropped);
    CHECK(outcome_of(plain, "q.comfy_quant") == outcome::dropped);

    const auto again = merged(both.a, both.b, {.requantise = true});
    CHECK(names_in(again) == "q.bias q.weight q.weight_scale q.comfy_quant");
    const auto scale = numbers_in_merge(again, "q.weight_scale");
    CHECK(scale == std::vector<float>{6.0F / 448});
    CHECK(bytes_in(again, "q.weight") == "\x76\x7E"); // 224, 448
    CHECK(again.decisions()[1].is_quantised);
    CHECK(again.count(outcome::dropped) == 0);
}

TEST_CASE("a ratio of 0 or 1 takes a layer whole, byte for byte")
{
    const layers both;
    for (const double share : {0.0, 1.0}) {
        const auto  model = merged(both.a, both.b, ratio(share));
        const auto& from = share == 0 ? both.b : both.a;
        CHECK(model.size() == 4);
        for (const auto& [name, tensor] : from.tensors)
            CHECK(bytes_in(model, name) == support::poured(tensor));
    }
    recipe typed = ratio(0);
    typed.type = dtype::f32; // a layer stays what it is
    CHECK(bytes_in(merged(both.a, both.b, typed), "q.weight") == two_codes);
    CHECK(support::tensor_in(merged(both.a, both.b, typed), "q.bias").type == dtype::f32);
}

TEST_CASE("a layer taken whole brings what belongs to it and nothing of the other's")
{
    merge_sample quantised;
    merge_sample plain;
    quantised.put_float8("q", two_codes, 2).mark("q").put("q.bias", {1, 1});
    plain.put("q.weight", dtype::f32, {1, 2}, support::little_endian(std::vector<float>{5, 7}));
    const auto to_plain = merged(quantised, plain, ratio(0));
    CHECK(names_in(to_plain) == "q.weight"); // the second's layer has no bias
    CHECK(outcome_of(to_plain, "q.bias") == outcome::dropped);
    CHECK(numbers_in_merge(to_plain, "q.weight") == std::vector<float>{5, 7});
    const auto to_quantised = merged(plain, quantised, ratio(0));
    CHECK(names_in(to_quantised) == "q.weight q.bias q.comfy_quant q.weight_scale");
    CHECK(to_quantised.count(outcome::only_second) == 0);
}

TEST_CASE("one side may be plain")
{
    merge_sample quantised;
    merge_sample plain;
    quantised.put_float8("q", two_codes, 2).mark("q"); // 2 4
    plain.put("q.weight", dtype::f32, {1, 2}, support::little_endian(std::vector<float>{4, 8}));
    CHECK(numbers_in_merge(merged(quantised, plain, {.type = dtype::f32}), "q.weight") ==
          std::vector<float>{3, 6});
    const auto in_plain = merged(plain, quantised, {.requantise = true});
    CHECK(names_in(in_plain) == "q.weight");
    CHECK(support::tensor_in(in_plain, "q.weight").type == dtype::f32);
    CHECK(numbers_in_merge(in_plain, "q.weight") == std::vector<float>{3, 6});
    CHECK(names_in(merged(quantised, plain, {.requantise = true})) ==
          "q.weight q.weight_scale q.comfy_quant");
    CHECK(refusal(plain, quantised).find("it is quantised") != std::string::npos);
}

TEST_CASE("a layer of unknown format, of a scaled input, or of another shape is not mixed")
{
    const layers unmarked(false);
    CHECK(
        refusal(unmarked.a, unmarked.b, {.type = dtype::f32}).starts_with("quantised layer 'q': its format"));
    CHECK(merged(unmarked.a, unmarked.b, ratio(0)).size() == 3);

    layers scaled;
    scaled.b.put("q.pre_quant_scale", {1, 1});
    CHECK(
        refusal(scaled.a, scaled.b, {.type = dtype::f32}) ==
        "tensor 'q.weight' cannot be merged: it has a scaled input (pre_quant_scale); give it a ratio of 0 or 1");

    merge_sample other;
    other.put_float8("q", "\x38\x38\x38", 2).mark("q");
    CHECK(
        refusal(layers().a, other, {.type = dtype::f32}) ==
        "tensor 'q.weight': its shape is [1, 2] in the first file and [1, 3] in the second; only equal shapes can be "
        "merged");
}

TEST_CASE("fp8 of the older names stays so, with its flag, or loses both")
{
    merge_sample a;
    merge_sample b;
    for (auto* const one : {&a, &b}) {
        one->put("q.weight", dtype::f8_e4m3, {1, 2}, two_codes).put("scaled_fp8", dtype::f8_e4m3, {0}, "");
        one->scalar("q.scale_weight", one == &a ? 2.0F : 4.0F).scalar("q.scale_input", 3);
    }
    const auto again = merged(a, b, {.requantise = true});
    CHECK(names_in(again) == "q.weight q.scale_weight q.scale_input scaled_fp8");
    CHECK(numbers_in_merge(again, "q.scale_weight") == std::vector<float>{6.0F / 448});
    CHECK(names_in(merged(a, b, ratio(0))) == "q.weight q.scale_input q.scale_weight scaled_fp8");
    CHECK(numbers_in_merge(merged(a, b, ratio(0)), "q.scale_weight") == std::vector<float>{4});
    const auto plain = merged(a, b, {.type = dtype::f32});
    CHECK(names_in(plain) == "q.weight");
    CHECK(numbers_in_merge(plain, "q.weight") == std::vector<float>{3, 6});
    CHECK(outcome_of(plain, "scaled_fp8") == outcome::dropped);

    merge_sample unquantised;
    unquantised.put("q.weight", dtype::f32, {1, 2}, support::little_endian(std::vector<float>{4, 8}));
    CHECK(names_in(merged(unquantised, b, ratio(0))) == "q.weight q.scale_input q.scale_weight scaled_fp8");
}

TEST_CASE("8-bit floats without scales are merged on request of a dtype only")
{
    merge_sample a;
    merge_sample b;
    merge_sample c;
    a.put("w", dtype::f8_e4m3, {2}, two_codes);
    b.put("w", dtype::f8_e4m3, {2}, "\x40\x48"); // 2, 4
    c.put("w", {3, 6});
    const std::string why =
        "tensor 'w' cannot be merged: it is an 8-bit float in one of the files; ask for the result to "
        "be F32, F16 or BF16";
    CHECK(refusal(a, b) == why);
    CHECK(refusal(a, c) == why);
    CHECK(refusal(c, a) == why);
    CHECK(refusal(a, b, {.requantise = true}) == why);
    CHECK(numbers_in_merge(merged(a, b, {.type = dtype::bf16}), "w") == std::vector<float>{1.5F, 3});
    CHECK(numbers_in_merge(merged(c, a, {.type = dtype::f32}), "w") == std::vector<float>{2, 4});
    CHECK(bytes_in(merged(a, b, ratio(0)), "w") == "\x40\x48");
    CHECK(support::tensor_in(merged(c, a, ratio(0)), "w").type == dtype::f8_e4m3);
    CHECK(bytes_in(merged(a, b, ratio(1)), "w") == two_codes);
}

TEST_CASE("plain floats end in the first's type or the one asked for, whatever their ratio")
{
    merge_sample a;
    merge_sample b;
    a.put("w", dtype::f16, {1}, std::string("\x00\x3C", 2));
    b.put("w", {3});
    CHECK(support::tensor_in(merged(a, b), "w").type == dtype::f16);
    CHECK(numbers_in_merge(merged(a, b), "w") == std::vector<float>{2});
    CHECK(support::tensor_in(merged(a, b, ratio(0)), "w").type == dtype::f16);
    CHECK(numbers_in_merge(merged(a, b, ratio(0)), "w") == std::vector<float>{3});
    for (const double share : {0.0, 0.5, 1.0}) {
        recipe how = ratio(share);
        how.type = dtype::bf16;
        CHECK(support::tensor_in(merged(a, b, how), "w").type == dtype::bf16);
    }
}

TEST_CASE("tensors that hold no numbers stay the first's, and are never counted as merged")
{
    merge_sample a;
    merge_sample b;
    a.put("ids", dtype::i64, {1}, std::string(8, 'a')).put("w", {1});
    b.put("ids", dtype::i64, {1}, std::string(8, 'b')).put("w", {3});
    const auto model = merged(a, b);
    CHECK(bytes_in(model, "ids") == std::string(8, 'a'));
    CHECK(outcome_of(model, "ids") == outcome::other_type);
    CHECK(model.decisions()[0].differs);
    CHECK(model.count(outcome::merged) == 1);
    CHECK(bytes_in(merged(a, b, ratio(0)), "ids") == std::string(8, 'b'));

    a.tensors.erase("w");
    CHECK(refusal(a, b) ==
          "there is nothing to merge: of 1 tensor that the files have in common none is F32, F16 or BF16 "
          "and free to be mixed; choose other files or ratios");
    merge_sample fixed;
    fixed.put("betas", {1}).put("first_stage_model.a", {1});
    merge_sample other;
    other.put("betas", {2});
    CHECK(refusal(fixed, other).starts_with("there is nothing to merge"));
    CHECK(refusal(a, fixed) ==
          "the files have no tensor in common: names begin with 'ids' in the first and with 'betas' "
          "in the second; bring them under the same prefixes first");
    CHECK(refusal(a, merge_sample()).starts_with("the files have no tensor in common"));
}

TEST_CASE("a LoRA is refused, whichever file it is")
{
    merge_sample model;
    merge_sample lora;
    model.put("w", {1});
    lora.put("w", {1}).put("a.lora_up.weight", {1});
    const std::string why =
        "tensor 'a.lora_up.weight' cannot be merged: it is a factor of a LoRA, of which only products "
        "can be mixed; merge models that have it";
    CHECK(refusal(model, lora) == why);
    CHECK(refusal(lora, model) == why);
}

TEST_CASE("a wide first convolution is merged with a narrow one on request")
{
    merge_sample             wide;
    merge_sample             narrow;
    std::vector<float>       nine(18, 1);
    const std::vector<float> four(8, 3);
    wide.put("w", dtype::f32, {2, 9, 1, 1}, support::little_endian(nine));
    narrow.put("w", dtype::f32, {2, 4, 1, 1}, support::little_endian(four));
    CHECK(refusal(wide, narrow) ==
          "tensor 'w' cannot be merged: it has more input channels than the usual 4 of the second "
          "file; ask to widen, or choose others");
    const auto model = merged(wide, narrow, {.widen = true});
    for (const std::size_t i : {0U, 1U, 2U, 3U, 9U, 10U, 11U, 12U})
        nine[i] = 2;
    CHECK(numbers_in_merge(model, "w") == nine);
    CHECK(model.decisions()[0].is_widened);
    CHECK(
        refusal(narrow, wide, {.widen = true}) ==
        "tensor 'w' cannot be merged: it has 4 input channels and the second file more; give the file that has more first");
    CHECK(refusal(narrow, wide).find("only equal shapes") != std::string::npos);
    merge_sample linear;
    linear.put("w", dtype::f32, {2, 4}, support::little_endian(four));
    CHECK(refusal(wide, linear, {.widen = true}).find("only equal shapes") != std::string::npos);
}

TEST_CASE("files are added, subtracted, and differences of files added")
{
    merge_sample a;
    merge_sample b;
    merge_sample c;
    a.put("w", {1, 2}).put("x", {1}).put("y", dtype::i64, {1}, std::string(8, 'a'));
    b.put("w", {5, 6}).put("x", {2}).put("y", dtype::i64, {1}, std::string(8, 'a'));
    c.put("w", {3, 8});
    CHECK(numbers_in_merge(merged(a, b, {.formula = formula::add}), "w") == std::vector<float>{6, 8});
    const auto less = merged(a, b, {.formula = formula::subtract, .multiplier = 0.5});
    CHECK(numbers_in_merge(less, "w") == std::vector<float>{-2, -2});
    const auto made =
        merge(a.tensors, b.tensors, c.tensors, {.formula = formula::add_difference, .multiplier = 2});
    REQUIRE(made);
    CHECK(numbers_in_merge(*made, "w") == std::vector<float>{5, -2});
    CHECK(numbers_in_merge(*made, "x") == std::vector<float>{1});
    CHECK(outcome_of(*made, "x") == outcome::not_in_third);
    CHECK(outcome_of(*made, "y") == outcome::other_type);

    merge_sample other;
    other.put("w", {1, 2, 3});
    const auto refused = merge(a.tensors, b.tensors, other.tensors, {.formula = formula::add_difference});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::merge_shapes_differ);
    merge_sample text;
    text.put("w", dtype::u8, {2}, "ab");
    const auto no_numbers = merge(a.tensors, b.tensors, text.tensors, {.formula = formula::add_difference});
    REQUIRE_FALSE(no_numbers);
    CHECK(stet::message(no_numbers.error()) ==
          "tensor 'w' cannot be merged: it is F32, F16 or BF16 in some of the files, not in all of them");
}

TEST_CASE("quantised layers are added and subtracted by value, too")
{
    const layers both;
    const auto   sum = merged(both.a, both.b, {.formula = formula::add, .type = dtype::f32});
    CHECK(numbers_in_merge(sum, "q.weight") == std::vector<float>{6, 12});
    const auto made = merge(both.a.tensors, both.b.tensors, both.a.tensors,
                            {.formula = formula::add_difference, .type = dtype::f32});
    REQUIRE(made);
    CHECK(numbers_in_merge(*made, "q.weight") == std::vector<float>{4, 8});
}

TEST_CASE("layers under older names beside layers in the metadata are refused")
{
    merge_sample a;
    merge_sample b;
    a.put("q.weight", dtype::f8_e4m3, {1, 2}, two_codes).scalar("q.scale_weight", 2);
    a.put("scaled_fp8", dtype::f8_e4m3, {0}, "");
    a.put("out.weight", dtype::f32, {1, 2}, support::little_endian(std::vector<float>{4, 8}));
    b.put_float8("out", two_codes, 2);
    b.put("q.weight", dtype::f32, {1, 2}, support::little_endian(std::vector<float>{4, 8}));
    const std::string                       text = R"({"layers": {"out": {"format": "float8_e4m3fn"}}})";
    std::array<stet::result<merge_side>, 2> sides{
        merge_side{.layers = *stet::quantised::find_layers(a.tensors)},
        merge_side{.layers = *stet::quantised::find_layers(b.tensors, {.metadata = text}), .metadata = text}};
    const auto made = stet::detail::merge_sides(sides, {.ratios = {.input = 1, .out = 0}}, stet::heap());
    REQUIRE_FALSE(made);
    CHECK(stet::message(made.error()) ==
          "tensor 'q' cannot be merged: it is of scaled_fp8 beside layers in the metadata; "
          "ask for F32, F16 or BF16");
}

TEST_CASE("a name that a dict has twice is refused")
{
    merge_sample a;
    a.put("w", {1});
    const std::vector<std::pair<std::string, stet::tensor_view>> twice{{"w", a.tensors.at("w")},
                                                                       {"w", a.tensors.at("w")}};
    CHECK(support::failure(merge(a.tensors, twice)) == "duplicate_name");
    CHECK(support::failure(merge(twice, a.tensors)) == "duplicate_name");
}
