// SPDX-License-Identifier: MIT
#include "support/merge_sample.hpp"

#include <stet/merge/impl/merge_side.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <utility>

using stet::dtype;

TEST_CASE("types that are mixed are F32, F16 and BF16; those of 8 bits are numbers, too")
{
    for (const dtype type : {dtype::f32, dtype::f16, dtype::bf16}) {
        CHECK(stet::detail::is_merged_type(type));
        CHECK_FALSE(stet::detail::is_short_float(type));
    }
    for (const dtype type : {dtype::f8_e4m3, dtype::f8_e5m2, dtype::f8_e4m3fnuz, dtype::f8_e5m2fnuz}) {
        CHECK(stet::detail::is_short_float(type));
        CHECK_FALSE(stet::detail::is_merged_type(type));
    }
    for (const dtype type : {dtype::f64, dtype::i64, dtype::u8, dtype::f8_e8m0}) {
        CHECK_FALSE(stet::detail::is_merged_type(type));
        CHECK_FALSE(stet::detail::is_short_float(type));
    }
}

TEST_CASE("a side tells groups, their companions, plain fp8 and flags apart")
{
    support::merge_sample sample;
    sample.put_float8("a", "\x38", 2).mark("a").put("a.bias", {1});
    sample.put("b.weight", dtype::f8_e4m3, {1, 1}, "\x38");
    sample.put("c", {1});
    sample.put("x.scaled_fp8", dtype::f8_e4m3, {0}, "").put("y.scaled_fp8", dtype::f8_e4m3, {0}, "");
    auto found = stet::quantised::find_layers(sample.tensors);
    REQUIRE(found);
    const stet::detail::merge_side side{.layers = *std::move(found)};
    std::string                    said;
    for (std::uint32_t i = 0; i < side.layers.tensors().size(); ++i) {
        said.append(side.at(i).name).append(":");
        said += side.group_of(i) != nullptr ? "g" : "";
        said += side.is_companion(i) ? "c" : "";
        said += side.is_flag(i) ? "f" : "";
        said += ' ';
    }
    CHECK(
        said ==
        "a.bias:g a.comfy_quant:gc a.weight:g a.weight_scale:gc b.weight: c: x.scaled_fp8:f y.scaled_fp8:f ");
}
