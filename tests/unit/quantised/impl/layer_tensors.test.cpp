// SPDX-License-Identifier: MIT
#include "support/piece_sink.hpp"

#include <stet/quantised/impl/formats.hpp>
#include <stet/quantised/impl/layer_tensors.hpp>
#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

using stet::dtype;
using stet::tensor_view;
using stet::detail::layer_tensors;
namespace formats = stet::quantised::formats;

namespace {

constexpr std::array<char, 64> memory{};

tensor_view tensor(dtype type, const stet::extents& shape)
{
    return *stet::view_of(type, shape, memory.data(), *stet::byte_count(type, shape));
}

/// A layer of the older form, whose scale is called otherwise than its format calls it.
struct sample {
    std::array<stet::quantised::named_tensor, 3> tensors{
        {{.name = "a.weight", .tensor = tensor(dtype::f8_e4m3, {4, 4})},
         {.name = "a.scale_weight", .tensor = tensor(dtype::f32, {})},
         {.name = "a.odd", .tensor = tensor(dtype::f4, {2})}}};
    std::array<stet::quantised::companion, 2> companions{
        {{.name = "scale_weight", .position = 1, .meaning = formats::float8_e4m3fn.side_tensors.data()},
         {.name = "odd", .position = 2}}};
    stet::quantised::layer layer{
        .name = "a", .format = &formats::float8_e4m3fn, .weight = 0, .companions = companions};
};

std::string problem_of(const layer_tensors& asked)
{
    return std::string(asked.problem().first_party()) + " " + std::string(asked.problem().second_party());
}

} // namespace

TEST_CASE("companions are found by the format's name for them and by their own")
{
    const sample  one;
    layer_tensors asked(one.layer, one.tensors);
    tensor_view   found;
    CHECK(asked.take_weight_of_layer(found));
    CHECK(found.type == dtype::f8_e4m3);
    CHECK(asked.take(found, "weight_scale"));
    CHECK(found.type == dtype::f32);
    CHECK(asked.take(found, "scale_weight"));
    CHECK(asked.take(found, "input_scale", false)); // may be missing
    CHECK(asked.problem().code == stet::errc{});
    CHECK(asked.layer().name == "a");
}

TEST_CASE("what is missing or unsound is remembered with the layer's name")
{
    const sample  one;
    layer_tensors asked(one.layer, one.tensors);
    tensor_view   found;
    CHECK_FALSE(asked.take(found, "input_scale"));
    CHECK(asked.problem().code == stet::errc::unreadable_layer);
    CHECK(asked.problem().subject() == "a");
    CHECK(problem_of(asked) == "input_scale is missing");
    CHECK_FALSE(asked.take(found, "odd"));
    CHECK(problem_of(asked) == "odd is no sound tensor");
    stet::quantised::layer without = one.layer;
    without.weight = stet::quantised::no_tensor;
    layer_tensors empty(without, one.tensors);
    CHECK_FALSE(empty.take_weight_of_layer(found));
    CHECK(problem_of(empty) == "weight is missing");
    CHECK_FALSE(empty.fails_to_fit("x"));
    CHECK(problem_of(empty) == "x has another shape than its weight needs");
}

TEST_CASE("types and counts are looked at")
{
    const sample  one;
    layer_tensors asked(one.layer, one.tensors);
    for (const dtype type : {dtype::f32, dtype::f16, dtype::bf16, dtype::f64})
        CHECK(asked.is_float(tensor(type, {2}), "x"));
    CHECK_FALSE(asked.is_float(tensor(dtype::i32, {2}), "x"));
    CHECK_FALSE(asked.is_float(tensor(dtype::f8_e4m3, {2}), "x"));
    CHECK(asked.is_one_byte(tensor(dtype::u8, {2}), "x"));
    CHECK_FALSE(asked.is_one_byte(tensor(dtype::f16, {2}), "x"));
    CHECK(asked.has_count(tensor(dtype::u8, {6}), "x", {2, 3}));
    CHECK(asked.has_count(tensor(dtype::u8, {0}), "x", {UINT64_MAX, 0}));
    CHECK_FALSE(asked.has_count(tensor(dtype::u8, {6}), "x", {2, 4}));
    CHECK_FALSE(asked.has_count(tensor(dtype::u8, {0}), "x", {UINT64_MAX, 2}));
}
