// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/split_names.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/families/families.hpp>
#include <stet/read/read_header.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace families = stet::families;
namespace layouts = stet::layouts;
using stet::strictness;
using support::small_tensors;
using list = stet::metadata_list;
using names = std::vector<std::string>;
using dict = std::map<std::string, stet::tensor_view>;

constexpr std::string_view key = "_quantization_metadata";

list layers(std::string_view inner)
{
    return {{std::string(key), "{\"layers\": {" + std::string(inner) + "}}"}};
}

std::string layers_in(const list& metadata)
{
    for (const auto& [name, text] : metadata) {
        if (name == key)
            return text;
    }
    return "none";
}

/// The metadata's layers once model and text encoder are composed.
template <class Layout>
std::string composed(const Layout& layout, const small_tensors& model, const list& of_model,
                     const small_tensors& text, const list& of_text,
                     const stet::carry::carry_options& options = {})
{
    const std::array<stet::metadata_view, 2> sources{of_model, of_text};
    const auto                               said =
        stet::carry::compose(stet::full{.model = model, .text_encoder = text, .vae = stet::no_entries},
                             layout, sources, {}, options);
    if (!said)
        return std::string(support::failure(said));
    std::string text_of = layers_in(said->metadata);
    for (const std::string& lost : said->unplaced_layers)
        text_of += " without " + lost;
    return text_of;
}

constexpr std::string_view fp8 = "{\"format\": \"float8_e4m3fn\"}";

std::string described(std::string_view layer)
{
    return "\"" + std::string(layer) + "\": " + std::string(fp8);
}

std::string whole(std::string_view inner)
{
    return "{\"format_version\": \"1.0\", \"layers\": {" + std::string(inner) + "}}";
}

} // namespace

TEST_CASE("layer names are renamed as the layout renames the weights, model before text encoder")
{
    CHECK(composed(families::flux{}, {"a.weight", "b.weight"}, layers(described("b") + ", " + described("a")),
                   {"t5xxl.c.weight"}, layers(described("t5xxl.c"))) ==
          whole(described("model.diffusion_model.b") + ", " + described("model.diffusion_model.a") + ", " +
                described("text_encoders.t5xxl.c")));
    CHECK(composed(families::sd15{}, {"a.weight"}, layers(described("a")), {"clip_l.c.weight"},
                   layers(described("clip_l.c"))) ==
          whole(described("model.diffusion_model.a") + ", " + described("cond_stage_model.c")));
    // OpenCLIP's names change in the middle.
    CHECK(composed(families::sdxl{}, {"a.weight"}, {},
                   {"clip_g.transformer.text_model.encoder.layers.0.mlp.fc1.weight"},
                   layers(described("clip_g.transformer.text_model.encoder.layers.0.mlp.fc1"))) ==
          whole(described("conditioner.embedders.1.model.transformer.resblocks.0.mlp.c_fc")));
}

TEST_CASE("a name that fits no weight is dropped and named")
{
    CHECK(composed(families::flux{}, {"a.weight", "b.bias"}, layers(described("a") + "," + described("b")),
                   {"t5xxl.c.weight"}, layers(described("a"))) ==
          whole(described("model.diffusion_model.a")) + " without b without a");
    CHECK(composed(families::flux{}, {"a.weight"}, layers(described("x")), {"t5xxl.c.weight"}, {}) ==
          "none without x");
    // What q, k and v are joined to is no layer of any of them.
    const std::string attention = "clip_g.transformer.text_model.encoder.layers.0.self_attn.";
    const std::string q = attention + "q_proj.weight";
    const std::string k = attention + "k_proj.weight";
    const std::string v = attention + "v_proj.weight";
    CHECK(composed(families::sdxl{}, {"a.weight"}, {}, {q.c_str(), k.c_str(), v.c_str()},
                   layers(described(attention + "q_proj"))) == "none without " + attention + "q_proj");
}

TEST_CASE("what a layer's entry says is carried whole, other names are escaped")
{
    CHECK(
        composed(families::flux{}, {"a\"\xC3\xA9.weight"},
                 layers("\"a\\\"\\u00e9\": {\"format\":\"x\",\"n\":[1,2.50,null],\"deep\":{\"k\":true}}"),
                 {"t5xxl.c.weight"}, {}) ==
        whole("\"model.diffusion_model.a\\\"\\u00e9\": {\"format\": \"x\", \"n\": [1, 2.5, null], \"deep\": "
              "{\"k\": true}}"));
}

TEST_CASE("an entry that no loader could read is refused, or dropped and named")
{
    for (const char* const text : {"", "[]", "{\"layers\": []}", "{}", "{\"layers\": {}", "null"}) {
        CAPTURE(text);
        const list bad{{std::string(key), text}};
        CHECK(composed(families::flux{}, {"a.weight"}, bad, {"t5xxl.c.weight"}, {}) ==
              "invalid_metadata_value");
        CHECK(composed(families::flux{}, {"a.weight"}, bad, {"t5xxl.c.weight"}, {},
                       {.strictness = strictness::as_comfyui}) == "none");
        const std::array<stet::metadata_view, 1> sources{bad};
        const dict                               model{{"a.weight", {.shape = {0}}}};
        const auto said = stet::carry::compose(stet::model_only{.model = model}, families::flux{}, sources,
                                               {}, {.strictness = strictness::as_comfyui});
        REQUIRE(said);
        CHECK(said->unusable == names{std::string(key)});
    }
}

TEST_CASE("a marker and metadata that contradict each other are refused in strict conduct")
{
    const auto with_marker = [](std::string_view marker, std::string_view says, strictness how) {
        const std::array<std::byte, 4> weight{};
        const std::array<float, 1>     scale{1};
        const stet::bytes              bytes = std::as_bytes(std::span(marker));
        const dict                     model{
                                {"a.weight", {.type = stet::dtype::f8_e4m3, .shape = {2, 2}, .size = 4, .data = weight.data()}},
                                {"a.weight_scale", *stet::view_of(scale, {})},
                                {"a.comfy_quant", *stet::view_of(stet::dtype::u8, {bytes.size()}, bytes)}};
        const list                               source = layers("\"a\": " + std::string(says));
        const std::array<stet::metadata_view, 1> sources{source};
        const auto said = stet::carry::compose(stet::model_only{.model = model}, families::flux{}, sources,
                                               {}, {.strictness = how});
        if (!said) {
            CHECK(said.error().first_party() == "metadata-conflict");
            CHECK(said.error().subject() == "a");
            return std::string(support::failure(said));
        }
        return layers_in(said->metadata);
    };
    constexpr std::string_view other = "{\"format\": \"float8_e5m2\"}";
    CHECK(with_marker(fp8, other, strictness::strict) == "quantised_companion");
    CHECK(with_marker(fp8, other, strictness::as_comfyui) ==
          whole("\"model.diffusion_model.a\": " + std::string(other)));
    CHECK(with_marker(fp8, fp8, strictness::strict) == whole(described("model.diffusion_model.a")));
    CHECK(with_marker("{ \"format\":\"float8_e4m3fn\" }", fp8, strictness::strict) ==
          whole(described("model.diffusion_model.a")));
}

TEST_CASE("a model of the older form goes with no layers of the metadata, for no loader reads both")
{
    const small_tensors old_model{"a.weight", "a.scale_weight", "scaled_fp8"};
    const small_tensors old_text{"t5xxl.a.weight", "t5xxl.a.scale_weight", "t5xxl.scaled_fp8"};
    const small_tensors text{"t5xxl.c.weight"};
    const small_tensors model{"b.weight"};
    const list          of_text = layers(described("t5xxl.c"));
    CHECK(composed(families::flux{}, old_model, {}, text, of_text) == "quantised_companion");
    CHECK(composed(families::flux{}, old_model, {}, text, {}) == "none");
    CHECK(composed(families::flux{}, old_model, {}, text, of_text, {.strictness = strictness::as_comfyui}) ==
          whole(described("text_encoders.t5xxl.c")));
    CHECK(composed(families::flux{}, model, layers(described("b")), old_text, {}) ==
          whole(described("model.diffusion_model.b")));

    const list                               none{};
    const std::array<stet::metadata_view, 2> sources{none, of_text};
    const auto                               said =
        stet::carry::compose(stet::full{.model = old_model, .text_encoder = text, .vae = stet::no_entries},
                             families::flux{}, sources);
    REQUIRE_FALSE(said);
    CHECK(
        stet::message(said.error()) ==
        "tensor 'scaled_fp8': beside '_quantization_metadata' no loader reads this older form (old-and-metadata); give "
        "its layers markers");
}

TEST_CASE("a layer of a format that nobody knows is carried as it is, and named")
{
    const small_tensors                      model{"a.weight"};
    const list                               source = layers("\"a\": {\"format\": \"tomorrow\"}");
    const std::array<stet::metadata_view, 1> sources{source};
    const auto said = stet::carry::compose(stet::model_only{.model = model}, families::flux{}, sources);
    REQUIRE(said);
    CHECK(said->unknown_formats == names{"a"});
    CHECK(layers_in(said->metadata) == whole("\"model.diffusion_model.a\": {\"format\": \"tomorrow\"}"));
}

TEST_CASE(
    "other entries of several files are joined: the first text stands, one's own over all, what differs is named")
{
    const small_tensors some{"a.weight"};
    const small_tensors text{"t5xxl.a.weight"};
    const list          of_model{{"config", "1"}, {"format", "pt"}, {"sshs_model_hash", "x"}};
    const list          of_text{{"config", "2"}, {"format", "pt"}, {"new", "n"}};
    const list          own{{"format", "mine"}};
    const std::array<stet::metadata_view, 2> sources{of_model, of_text};
    const auto                               said =
        stet::carry::compose(stet::full{.model = some, .text_encoder = text, .vae = stet::no_entries},
                             families::flux{}, sources, own);
    REQUIRE(said);
    CHECK(said->metadata == list{{"config", "1"}, {"format", "mine"}, {"new", "n"}});
    CHECK(said->differing == names{"config"});
    CHECK(said->dropped_digests == names{"sshs_model_hash"});
    CHECK(said->unknown == names{"new"});
}

TEST_CASE("a checkpoint's layers go to the part that has the weight, under its name there")
{
    const small_tensors file{"model.diffusion_model.a.weight",
                             "cond_stage_model.transformer.text_model.b.weight", "first_stage_model.c.weight",
                             "other.d.weight"};
    list                source =
        layers(described("cond_stage_model.transformer.text_model.b") + "," +
               described("model.diffusion_model.a") + "," + described("other.d") + "," + described("a"));
    source.emplace_back("config", "{}");
    source.emplace_back("sshs_model_hash", "x");
    const auto said = stet::carry::split<layouts::sd1>(file, source);
    REQUIRE(said);
    CHECK(layers_in(said->model) == whole(described("a")));
    CHECK(layers_in(said->text_encoder) == whole(described("clip_l.transformer.text_model.b")));
    CHECK(layers_in(said->leftover) == whole(described("other.d")));
    CHECK(layers_in(said->vae) == "none");
    CHECK(said->vae == list{{"config", "{}"}});
    CHECK(said->unplaced_layers == names{"a"});
    CHECK(said->dropped_digests == names{"sshs_model_hash"});
    CHECK(said->metadata == list{{"config", "{}"}});
}

TEST_CASE("names that a rule undoes in the middle are found, too")
{
    const small_tensors file{"conditioner.embedders.1.model.transformer.resblocks.3.mlp.c_proj.weight",
                             "conditioner.embedders.1.model.transformer.resblocks.3.attn.in_proj_weight"};
    const list source = layers(described("conditioner.embedders.1.model.transformer.resblocks.3.mlp.c_proj"));
    const auto said = stet::carry::split<layouts::sdxl>(file, source);
    REQUIRE(said);
    CHECK(layers_in(said->text_encoder) ==
          whole(described("clip_g.transformer.text_model.encoder.layers.3.mlp.fc2")));
}

TEST_CASE("a splitting that is refused is refused here, too")
{
    const small_tensors file{"vae.a.weight"};
    const list          bad{{std::string(key), "no JSON"}};
    CHECK(support::failure(stet::carry::split<layouts::generic>(file, bad)) == "invalid_metadata_value");
    const auto said =
        stet::carry::split<layouts::generic>(file, bad, {}, {.strictness = strictness::as_comfyui});
    REQUIRE(said);
    CHECK(said->unusable == names{std::string(key)});
    CHECK(said->vae.empty());
}

TEST_CASE("the metadata of a file that was read is a list")
{
    const std::string file = support::stored_file(R"({"__metadata__":{"b":"1","a":"2"}})");
    const auto        header = stet::read_header(support::as_bytes(file), file.size());
    REQUIRE(header);
    CHECK(stet::carry::metadata_of(*header) == list{{"b", "1"}, {"a", "2"}});
}
