// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/quantised/impl/formats.hpp>
#include <stet/quantised/impl/marker_object.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace {

namespace formats = stet::quantised::formats;
using stet::quantised::settings;

std::string marker(const stet::quantised::format& format, const settings& said)
{
    stet::detail::growing_array<char> text;
    REQUIRE(stet::detail::put_marker(text, format, said));
    return {text.data(), text.size()};
}

} // namespace

TEST_CASE("a marker says the format and what the format has besides, in ComfyUI's order and letters")
{
    CHECK(marker(formats::nvfp4, {}) == R"({"format": "nvfp4"})");
    CHECK(marker(formats::float8_e4m3fn, {.full_precision_matrix_mult = true}) ==
          R"({"format": "float8_e4m3fn", "full_precision_matrix_mult": true})");
    CHECK(marker(formats::int8_tensorwise, {.convrot_groupsize = 64}) == R"({"format": "int8_tensorwise"})");
    CHECK(marker(formats::int8_tensorwise, {.convrot = true, .convrot_groupsize = 64}) ==
          R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 64})");
    CHECK(marker(formats::convrot_w4a4, {.linear_dtype = stet::quantised::linear_dtype::int8}) ==
          R"({"format": "convrot_w4a4", "convrot_groupsize": 256, "linear_dtype": "int8"})");
    CHECK(marker(formats::convrot_w4a4, {}) == R"({"format": "convrot_w4a4", "convrot_groupsize": 256})");
    CHECK(marker(formats::asym_w4a8_int8, {.group_size = 16}) ==
          R"({"format": "asym_w4a8_int8", "group_size": 16, "convrot_groupsize": 256})");
    CHECK(marker(formats::awq_w4a16, {.group_size = 64, .num_experts = 8}) ==
          R"({"format": "awq_w4a16", "group_size": 64, "num_experts": 8})");
}

TEST_CASE("a marker without memory is none")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              stet::detail::growing_array<char> text(memory);
              return stet::detail::put_marker(text, formats::asym_w4a8_int8, {}) ? "none" : "out_of_memory";
          }) > 0);
}
