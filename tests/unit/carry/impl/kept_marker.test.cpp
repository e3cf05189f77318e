// SPDX-License-Identifier: MIT
#include <stet/carry/impl/kept_marker.hpp>
#include <stet/quantised/find_layers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace {

namespace formats = stet::quantised::formats;

std::string text_of(const stet::quantised::format& format, const stet::quantised::settings& settings)
{
    return stet::detail::kept_marker({.name = "a", .format = &format, .settings = settings});
}

} // namespace

TEST_CASE("a marker is written as ComfyUI writes it: known members in its order, few defaults")
{
    CHECK(text_of(formats::nvfp4, {}) == R"({"format": "nvfp4"})");
    CHECK(text_of(formats::float8_e5m2, {.full_precision_matrix_mult = true, .num_experts = 8}) ==
          R"({"format": "float8_e5m2", "full_precision_matrix_mult": true, "num_experts": 8})");
    CHECK(text_of(formats::int8_tensorwise, {.convrot_groupsize = 64}) == R"({"format": "int8_tensorwise"})");
    CHECK(text_of(formats::int8_tensorwise, {.convrot = true, .convrot_groupsize = 64}) ==
          R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 64})");
    CHECK(text_of(formats::convrot_w4a4, {.convrot = true}) ==
          R"({"format": "convrot_w4a4", "convrot_groupsize": 256})");
    CHECK(text_of(formats::convrot_w4a4, {.convrot = true,
                                          .convrot_groupsize = 64,
                                          .linear_dtype = stet::quantised::linear_dtype::int8}) ==
          R"({"format": "convrot_w4a4", "convrot_groupsize": 64, "linear_dtype": "int8"})");
    CHECK(text_of(formats::asym_w4a8_int8, {.convrot = true, .convrot_groupsize = 64, .group_size = 16}) ==
          R"({"format": "asym_w4a8_int8", "group_size": 16, "convrot_groupsize": 64})");
    CHECK(text_of(formats::awq_w4a16, {.group_size = 64}) == R"({"format": "awq_w4a16", "group_size": 64})");
}
