// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/families/layouts.hpp>
#include <stet/save/impl/layer_conflicts.hpp>
#include <stet/save/save.hpp>
#include <stet/shards.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/impl/layer_words.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::refuse_conflicts;

namespace {

using dict = std::map<std::string, stet::tensor_view>;
using texts = std::map<std::string, std::string>;

constexpr std::string_view fp8 = R"({"format": "float8_e4m3fn"})";
constexpr std::string_view other = R"({"format": "float8_e5m2"})";

/// A model with one quantised layer, "a", whose marker says that it is fp8.
dict model()
{
    static constexpr std::array<std::byte, 4> weight{};
    static constexpr std::array<float, 1>     scale{1};
    const stet::bytes                         marker = std::as_bytes(std::span(fp8));
    return {{"a.weight", {.type = stet::dtype::f8_e4m3, .shape = {2, 2}, .size = 4, .data = weight.data()}},
            {"a.weight_scale", *stet::view_of(scale, {})},
            {"a.comfy_quant", *stet::view_of(stet::dtype::u8, {marker.size()}, marker)}};
}

/// Metadata that describe one layer.
texts described(const std::string& layer, std::string_view how)
{
    return {{"_quantization_metadata",
             R"({"format_version": "1.0", "layers": {")" + layer + R"(": )" + std::string(how) + "}}"}};
}

} // namespace

TEST_CASE("a save refuses metadata that contradict a marker, in strict conduct")
{
    const dict             one = model();
    const texts            says_other = described("a", other);
    std::vector<std::byte> bytes;

    const auto refused = stet::save(one, bytes, {.metadata = says_other});
    REQUIRE_FALSE(refused);
    CHECK(
        stet::message(refused.error()) ==
        "layer 'a': its marker and the metadata say different things (metadata-conflict); remove the one that is "
        "wrong");
    CHECK(bytes.empty());

    CHECK(stet::save(one, bytes, {.metadata = says_other, .strictness = stet::strictness::as_comfyui}));
}

TEST_CASE("metadata that mean what the marker says are saved, and so are those of no layer")
{
    const dict             one = model();
    std::vector<std::byte> bytes;
    for (const texts& sound :
         {described("a", "{ \"format\" : \"float8_e4m3fn\" }"), described("b", other),
          described("a.b", other), texts{{"format", "pt"}}, texts{{"_quantization_metadata", ""}},
          texts{{"_quantization_metadata", "{\"layers\": 7}"}}, texts{}})
        CHECK(stet::save(one, bytes, {.metadata = sound}));
    CHECK(stet::save(one, bytes));
}

TEST_CASE("of a layer that the metadata describe twice the last description counts")
{
    const dict             one = model();
    std::vector<std::byte> bytes;
    const auto             saved = [&](std::string_view first, std::string_view second) {
        const texts twice = described("a", std::string(first) + ", \"a\": " + std::string(second));
        return std::string(support::failure(stet::save(one, bytes, {.metadata = twice})));
    };
    CHECK(saved(other, fp8) == "none");
    CHECK(saved(fp8, other) == "quantised_companion");
}

TEST_CASE("a layer is found under its name, however the metadata spell it")
{
    std::vector<std::byte> bytes;
    const auto saved = [&](const std::string& layer, const std::string& spelled, bool also_others) {
        dict one;
        for (const auto& [name, tensor] : model())
            one[layer + name.substr(1)] = tensor;
        texts metadata = described(spelled, other);
        if (also_others)
            metadata = described("b\": {}, \"" + spelled, other);
        return std::string(support::failure(stet::save(one, bytes, {.metadata = metadata})));
    };
    for (const bool also_others : {false, true}) {
        CHECK(saved("a.b", R"(a\u002eb)", also_others) == "quantised_companion");
        CHECK(saved("a.b", R"(\u0061.\u0062)", also_others) == "quantised_companion");
        CHECK(saved("a/b", R"(a\/b)", also_others) == "quantised_companion");
        CHECK(saved("a\\b", R"(a\\b)", also_others) == "quantised_companion");
        CHECK(saved("\xF0\x9F\x98\x80", R"(\ud83d\uDE00)", also_others) == "quantised_companion");
        CHECK(saved("a.b", R"(a\u002ec)", also_others) == "none");
        CHECK(saved(R"(a\u002eb)", R"(a\u002eb)", also_others) == "none");
    }
}

TEST_CASE("metadata's own words may have escapes, too")
{
    const dict             one = model();
    std::vector<std::byte> bytes;
    const texts            metadata{
                   {"_quantization_metadata", R"({"l\u0061yers": {"a": {"form\u0061t": "float8_e5m2"}}})"}};
    CHECK(support::failure(stet::save(one, bytes, {.metadata = metadata})) == "quantised_companion");
    const texts sound{
        {"_quantization_metadata", R"({"layers": {"\u0061": {"form\u0061t": "float8\u005fe4m3fn"}}})"}};
    CHECK(support::failure(stet::save(one, bytes, {.metadata = sound})) == "none");
}

TEST_CASE("a marker that says nothing contradicts what the metadata say")
{
    const texts            sound = described("a", fp8);
    std::vector<std::byte> bytes;
    const std::string      large(stet::detail::largest_marker + 1, ' ');
    for (const std::string& text : {std::string(), std::string("null"), std::string(4, '\0'), large}) {
        dict one = model();
        one["a.comfy_quant"] = *stet::view_of(stet::dtype::u8, {text.size()}, std::as_bytes(std::span(text)));
        CHECK(support::failure(stet::save(one, bytes, {.metadata = sound})) == "quantised_companion");
    }
}

TEST_CASE("a marker that is made while it is read is compared, too, and its error names it")
{
    dict                   one = model();
    const texts            says_other = described("a", other);
    std::vector<std::byte> bytes;
    const auto             with_marker = [&](auto pour) {
        static constexpr int nothing = 0;
        one["a.comfy_quant"] = *stet::produced_view(stet::dtype::u8, {fp8.size()}, nothing, pour);
        return stet::save(one, bytes, {.metadata = says_other});
    };
    CHECK(support::failure(with_marker([](const int&, stet::sink_ref out) {
              return out.write(std::as_bytes(std::span(fp8)));
          })) == "quantised_companion");
    const auto broken = with_marker([](const int&, stet::sink_ref) {
        return stet::result<void>(stet::error{.code = stet::errc::device_memory});
    });
    REQUIRE(support::failure(broken) == "device_memory");
    CHECK(broken.error().subject() == "a.comfy_quant");
}

TEST_CASE("layers are looked up under the names that they are saved under, wherever those are cut")
{
    const dict             one = model();
    const stet::model_only checkpoint{.model = one};
    std::vector<std::byte> bytes;
    const auto             saved = [&](const std::string& layer) {
        const texts metadata = described(layer, other);
        return std::string(support::failure(
            stet::save(checkpoint, stet::layouts::generic{}, bytes, {.metadata = metadata})));
    };
    CHECK(saved("model.diffusion_model.a") == "quantised_companion");
    CHECK(saved("a") == "none");

    const dict             whole{{"comfy_quant", one.at("a.comfy_quant")}};
    const stet::model_only top{.model = whole};
    const texts            metadata = described("model.diffusion_model", other);
    CHECK(support::failure(stet::save(top, stet::layouts::generic{}, bytes, {.metadata = metadata})) ==
          "quantised_companion");
}

TEST_CASE("a refused save leaves nothing on the disk, whatever its target and whoever gives the metadata")
{
    const support::scratch_directory here;
    const dict                       one = model();
    const texts                      says_other = described("a", other);
    const auto                       told = [&](const stet::claimed_name&) {
        return stet::result<stet::metadata_view>(says_other);
    };
    const stet::numbered numbered{.root = here.path(), .prefix = "M"};
    constexpr auto       refused = "quantised_companion";

    CHECK(support::failure(stet::save(one, here / "m.safetensors", {.metadata = says_other})) == refused);
    CHECK(support::failure(stet::save(one, numbered, {.metadata = says_other})) == refused);
    CHECK(support::failure(stet::save(one, numbered, {.metadata_for = told})) == refused);
    for (const std::int64_t limit : {stet::shards::hub_limit, std::int64_t{8}}) // one file, and several
        CHECK(support::failure(stet::shards::save(
                  one, here.path(), {.limit = limit, .file = {.metadata = says_other}})) == refused);
    CHECK(here.entries().empty());
}

TEST_CASE("memory that is missing for the look at the layers is an error")
{
    const dict  one = model();
    const texts sound = described("a", fp8);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const auto plan = stet::make_plan(one, {.allocator = memory});
              return plan ? support::failure(refuse_conflicts(*plan, sound)) : support::failure(plan);
          }) > 3);
}
