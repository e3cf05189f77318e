// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/merge/impl/layer_metadata.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::described_layer;

namespace {

constexpr std::string_view first =
    R"({"format_version": "1.0", "layers": {"a": {"format": "nvfp4"}, "b": {"format":"mxfp8", "x": [1, null]}}})";
constexpr std::string_view second = R"({"layers": {"a": {"format": "float8_e4m3fn"}}})";

stet::result<stet::detail::growing_array<char>> made(const std::vector<described_layer>& layers,
                                                     std::array<std::string_view, 2> texts = {first, second},
                                                     const stet::allocator&          memory = stet::heap())
{
    return stet::detail::layer_metadata({layers.data(), layers.size()}, texts, memory);
}

std::string text_of(const std::vector<described_layer>& layers)
{
    const auto value = made(layers);
    REQUIRE(value);
    return {value->data(), value->size()};
}

} // namespace

TEST_CASE("layers are described as their files describe them, or as a new marker says")
{
    CHECK(text_of({{.name = "b", .side = 0}, {.name = "a", .side = 1}}) ==
          R"({"format_version": "1.0", "layers": {"b": {"format": "mxfp8", "x": [1, null]}, )"
          R"("a": {"format": "float8_e4m3fn"}}})");
    CHECK(text_of({{.name = "a\"", .object = R"({"format": "nvfp4"})"}}) ==
          R"({"format_version": "1.0", "layers": {"a\"": {"format": "nvfp4"}}})");
    CHECK(text_of({{.name = "a", .side = 0}}) ==
          R"({"format_version": "1.0", "layers": {"a": {"format": "nvfp4"}}})");
}

TEST_CASE("a layer that its file does not describe is not made up")
{
    CHECK(text_of({{.name = "c", .side = 0}, {.name = "b", .side = 1}}) ==
          R"({"format_version": "1.0", "layers": {}})");
    CHECK(made({{.name = "a", .side = 1}}, {first, ""}));
    CHECK(made({{.name = "a", .side = 1}}, {first, R"([1])"}));
}

TEST_CASE("a text that is no JSON, and memory that runs out, are errors")
{
    CHECK(support::failure(made({}, {"{", second})) == "invalid_json");
    CHECK(support::allocations_needed([](const stet::allocator& memory) {
              return support::failure(
                  made({{.name = "a", .side = 0}, {.name = "a", .object = "{}"}}, {first, second}, memory));
          }) > 3);
}
