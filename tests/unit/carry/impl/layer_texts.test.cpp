// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/carry/impl/layer_texts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace {

using stet::detail::each_layer;
using stet::detail::json_item;
using stet::detail::layer_text;

static_assert(stet::detail::is_weight_name({.stem = "a.weight"}) &&
              stet::detail::is_weight_name({.prefix = "a.", .stem = "weight"}) &&
              stet::detail::is_weight_name({.prefix = "a.", .stem = "b.weight"}));
static_assert(!stet::detail::is_weight_name({.stem = "weight"}) &&
              !stet::detail::is_weight_name({.prefix = "a", .stem = "weight"}) &&
              !stet::detail::is_weight_name({.stem = "a.weights"}));

/// The text again, each layer under the same name, or the error.
std::string again(std::string_view text, const stet::allocator& memory = stet::heap())
{
    layer_text out(memory);
    const auto done = each_layer(text, memory, [&](std::string_view layer, const json_item& says) {
        return out.add({.prefix = layer, .stem = ".weight"}, says);
    });
    return done ? out.finished() : std::string(support::failure(done));
}

} // namespace

TEST_CASE("layers are written as they were read, in their order")
{
    CHECK(again(R"({"x":0,"layers":{"b":{"format":"f"},"a":{}},"format_version":"2"})") ==
          R"({"format_version": "1.0", "layers": {"b": {"format": "f"}, "a": {}}})");
    CHECK(again(R"({"layers":{}})") == R"({"format_version": "1.0", "layers": {}})");
    CHECK(again(R"({"layers":{"a":1,"a":2}})") == R"({"format_version": "1.0", "layers": {"a": 2}})");
}

TEST_CASE("a text that describes no layers is none")
{
    for (const char* const text : {"", "null", "[]", "{}", R"({"layers":null})", R"({"layers":["a"]})", "{"})
        CHECK(again(text) == "invalid_metadata_value");
}

TEST_CASE("an error of what is done with a layer ends the walk")
{
    int        seen = 0;
    const auto done = each_layer(R"({"layers":{"a":1,"b":2}})", stet::heap(),
                                 [&](std::string_view, const json_item&) -> stet::result<void> {
                                     ++seen;
                                     return stet::error{.code = stet::errc::cancelled};
                                 });
    CHECK(support::failure(done) == "cancelled");
    CHECK(seen == 1);
}

TEST_CASE("an entry is found in metadata, the last of two")
{
    const stet::metadata_list list{
        {"a", "1"}, {"_quantization_metadata", "2"}, {"_quantization_metadata", "3"}};
    CHECK(stet::detail::layers_entry(list) == "3");
    CHECK_FALSE(stet::detail::layers_entry({}));
}

TEST_CASE("what cannot be used is an error in strict conduct only")
{
    const stet::error          unusable{.code = stet::errc::invalid_metadata_value};
    const stet::error          other{.code = stet::errc::out_of_memory};
    stet::carry::carried       said;
    stet::carry::carry_options options{};
    CHECK_FALSE(stet::detail::about_unusable(unusable, options, said));
    options.strictness = stet::strictness::as_comfyui;
    CHECK(stet::detail::about_unusable(unusable, options, said));
    CHECK(said.unusable.size() == 1);
    CHECK_FALSE(stet::detail::about_unusable(other, options, said));
}

TEST_CASE("texts without memory say so and give all memory back")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              const std::string text = again(R"({"layers":{"a":{"format":"f"}}})", memory);
              return text == "out_of_memory" ? "out_of_memory" : "none";
          }) > 1);
}
