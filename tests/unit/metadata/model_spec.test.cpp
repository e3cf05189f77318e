// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/header/header.hpp>
#include <stet/metadata/model_spec.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using stet::model_category;
using stet::model_spec;
using stet::model_spec_metadata;

namespace {

using texts = stet::metadata_list;
using keys = std::vector<std::string_view>;

/// An image model with all that is required and nothing more.
model_spec smallest()
{
    return {.architecture = "stable-diffusion-xl-v1-base",
            .implementation = "sgm",
            .title = "My Model",
            .resolution = stet::pixel_size{1024, 768}};
}

model_spec smallest_text_model()
{
    return {.architecture = "gpt-neo-x",
            .implementation = "transformers",
            .title = "My Model",
            .category = model_category::text,
            .data_format = "fp16"};
}

/// Whatever the standard knows, in one model.
model_spec everything()
{
    return {.architecture = "stable-diffusion-v1/textual-inversion",
            .implementation = "https://github.com/Stability-AI/generative-models",
            .title = "T\xC3\xA4st",
            .category = model_category::text,
            .is_adapter_or_component = true,
            .resolution = stet::pixel_size{512, 512},
            .data_format = "fp16",
            .description = "Many\nlines, \"quoted\"",
            .author = "github.com/example",
            .date = "2024-05-31T18:13:38Z",
            .hash_sha256 = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            .format_type = "general",
            .implementation_version = "abc123",
            .license = "CC-BY-SA-4.0",
            .usage_hint = "Trigger word: mypetcat",
            .thumbnail = "data:image/jpeg;base64,/9j/4A==",
            .tags = {"Person", "Oil painting"},
            .merged_from = {"Stable Diffusion XL 1.0 Base"},
            .trigger_phrase = "mypetcat",
            .prediction_type = "epsilon",
            .timestep_range = stet::timesteps{500, 999},
            .encoder_layer = 2,
            .preprocessor = "depth",
            .is_negative_embedding = true,
            .unet_dtype = {"bf16", "fp32"},
            .vae_dtype = {"fp32"},
            .language = {"en/US", "jp/JP"},
            .format_template = "<system>%%SYSTEM%%<user>%%USER%%<assistant>%%AI%%"};
}

/// The text under a key, "absent" without it, the name of the error after a failure.
std::string value(const model_spec& model, std::string_view key)
{
    const auto entries = model_spec_metadata(model);
    if (!entries)
        return std::string(support::failure(entries));
    for (const auto& [given, text] : *entries) {
        if (given == key)
            return text;
    }
    return "absent";
}

/// What a user is told about the model, "fine" if it is.
std::string complaint(const model_spec& model)
{
    const auto entries = model_spec_metadata(model);
    return entries ? "fine" : stet::message(entries.error());
}

model_spec with_date(std::string date)
{
    model_spec model = smallest();
    model.date = std::move(date);
    return model;
}

model_spec with_hash(std::string digest)
{
    model_spec model = smallest();
    model.hash_sha256 = std::move(digest);
    return model;
}

model_spec with_tags(std::vector<std::string> tags)
{
    model_spec model = smallest();
    model.tags = std::move(tags);
    return model;
}

model_spec with_prediction(std::string architecture, std::string prediction)
{
    model_spec model = smallest();
    model.architecture = std::move(architecture);
    model.prediction_type = std::move(prediction);
    return model;
}

} // namespace

static_assert(std::is_aggregate_v<model_spec>);
static_assert(stet::detail::metadata_dict<stet::metadata_list>);
static_assert(stet::model_spec_version == "1.0.1");

TEST_CASE("an image model with what is required gives just that")
{
    const auto entries = model_spec_metadata(smallest());
    REQUIRE(entries);
    CHECK(*entries == texts{{"modelspec.sai_model_spec", "1.0.1"},
                            {"modelspec.architecture", "stable-diffusion-xl-v1-base"},
                            {"modelspec.implementation", "sgm"},
                            {"modelspec.title", "My Model"},
                            {"modelspec.resolution", "1024x768"}});
}

TEST_CASE("a text model with what is required gives just that")
{
    const auto entries = model_spec_metadata(smallest_text_model());
    REQUIRE(entries);
    CHECK(*entries == texts{{"modelspec.sai_model_spec", "1.0.1"},
                            {"modelspec.architecture", "gpt-neo-x"},
                            {"modelspec.implementation", "transformers"},
                            {"modelspec.title", "My Model"},
                            {"modelspec.data_format", "fp16"}});
}

TEST_CASE("every field has its key and its form")
{
    const auto entries = model_spec_metadata(everything());
    REQUIRE(entries);
    CHECK(
        *entries ==
        texts{{"modelspec.sai_model_spec", "1.0.1"},
              {"modelspec.architecture", "stable-diffusion-v1/textual-inversion"},
              {"modelspec.implementation", "https://github.com/Stability-AI/generative-models"},
              {"modelspec.title", "T\xC3\xA4st"},
              {"modelspec.resolution", "512x512"},
              {"modelspec.data_format", "fp16"},
              {"modelspec.description", "Many\nlines, \"quoted\""},
              {"modelspec.author", "github.com/example"},
              {"modelspec.date", "2024-05-31T18:13:38Z"},
              {"modelspec.hash_sha256", "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
              {"modelspec.format_type", "general"},
              {"modelspec.implementation_version", "abc123"},
              {"modelspec.license", "CC-BY-SA-4.0"},
              {"modelspec.usage_hint", "Trigger word: mypetcat"},
              {"modelspec.thumbnail", "data:image/jpeg;base64,/9j/4A=="},
              {"modelspec.tags", "Person, Oil painting"},
              {"modelspec.merged_from", "Stable Diffusion XL 1.0 Base"},
              {"modelspec.trigger_phrase", "mypetcat"},
              {"modelspec.prediction_type", "epsilon"},
              {"modelspec.timestep_range", "500,999"},
              {"modelspec.encoder_layer", "2"},
              {"modelspec.preprocessor", "depth"},
              {"modelspec.is_negative_embedding", "true"},
              {"modelspec.unet_dtype", "bf16, fp32"},
              {"modelspec.vae_dtype", "fp32"},
              {"modelspec.language", "en/US, jp/JP"},
              {"modelspec.format_template", "<system>%%SYSTEM%%<user>%%USER%%<assistant>%%AI%%"}});
}

TEST_CASE("the entries are metadata as they are")
{
    const auto entries = model_spec_metadata(everything());
    REQUIRE(entries);
    const auto sorted = stet::detail::sorted_entries(*entries, stet::heap());
    REQUIRE(sorted);
    CHECK(sorted->size() == entries->size());
}

TEST_CASE("each required text that is empty or blank is named")
{
    for (const std::string blank : {"", " ", "\t\r\n "}) {
        model_spec no_architecture = smallest();
        no_architecture.architecture = blank;
        CHECK(complaint(no_architecture) ==
              "metadata 'modelspec.architecture' is required here; give it a value");
        model_spec no_implementation = smallest();
        no_implementation.implementation = blank;
        CHECK(complaint(no_implementation) ==
              "metadata 'modelspec.implementation' is required here; give it a value");
        model_spec no_title = smallest();
        no_title.title = blank;
        CHECK(complaint(no_title) == "metadata 'modelspec.title' is required here; give it a value");
        model_spec no_format = smallest_text_model();
        no_format.data_format = blank;
        CHECK(complaint(no_format) == "metadata 'modelspec.data_format' is required here; give it a value");
    }
    CHECK(support::failure(model_spec_metadata({})) == "missing_metadata_key");
}

TEST_CASE("the first key at fault is the one named")
{
    model_spec model = smallest();
    model.title = "";
    model.resolution.reset();
    model.date = "yesterday";
    CHECK(model_spec_metadata(model).error().subject() == "modelspec.title");
    model.implementation = "\xFF";
    CHECK(support::failure(model_spec_metadata(model)) == "invalid_metadata_utf8");
    CHECK(model_spec_metadata(model).error().subject() == "modelspec.implementation");
}

TEST_CASE("an image model needs a resolution unless it is an adapter, a component or no image model at all")
{
    model_spec model = smallest();
    model.resolution.reset();
    CHECK(complaint(model) == "metadata 'modelspec.resolution' is required here; give it a value");

    model_spec adapter = model;
    adapter.architecture = "stable-diffusion-v1/lora";
    CHECK(value(adapter, "modelspec.resolution") == "absent");
    model_spec component = model;
    component.is_adapter_or_component = true;
    CHECK(value(component, "modelspec.resolution") == "absent");
    model_spec text = smallest_text_model();
    CHECK(value(text, "modelspec.resolution") == "absent");
    model_spec other = model;
    other.category = model_category::other;
    CHECK(value(other, "modelspec.resolution") == "absent");
    adapter.resolution = stet::pixel_size{512, 640};
    CHECK(value(adapter, "modelspec.resolution") == "512x640");
}

TEST_CASE("a resolution has a width and a height")
{
    model_spec model = smallest();
    model.resolution = stet::pixel_size{1, std::numeric_limits<std::uint32_t>::max()};
    CHECK(value(model, "modelspec.resolution") == "1x4294967295");
    model.resolution = stet::pixel_size{0, 512};
    CHECK(complaint(model) == "metadata 'modelspec.resolution' must be a width and a height above zero");
    model.resolution = stet::pixel_size{512, 0};
    CHECK(value(model, "modelspec.resolution") == "invalid_metadata_value");
    model.resolution = stet::pixel_size{};
    model.is_adapter_or_component = true;
    CHECK(value(model, "modelspec.resolution") == "invalid_metadata_value");
}

TEST_CASE("only a text model needs a data format, any may have one")
{
    model_spec text = smallest_text_model();
    text.data_format.clear();
    CHECK(value(text, "modelspec.data_format") == "missing_metadata_key");
    text.category = model_category::other;
    CHECK(value(text, "modelspec.data_format") == "absent");
    text.data_format = "gptq-4bit";
    CHECK(value(text, "modelspec.data_format") == "gptq-4bit");
    model_spec image = smallest();
    image.data_format = "fp16";
    CHECK(value(image, "modelspec.data_format") == "fp16");
}

TEST_CASE("architectures that nobody has heard of are fine")
{
    model_spec model = smallest();
    model.architecture = "entirely-new/adapter/of-a-kind";
    CHECK(value(model, "modelspec.architecture") == "entirely-new/adapter/of-a-kind");
}

TEST_CASE("a text that is not UTF-8 is refused wherever it stands")
{
    const std::string                                                         faulty = "\xED\xA0\x80";
    const std::vector<std::pair<std::string_view, std::string model_spec::*>> fields{
        {"architecture", &model_spec::architecture},
        {"implementation", &model_spec::implementation},
        {"title", &model_spec::title},
        {"data_format", &model_spec::data_format},
        {"description", &model_spec::description},
        {"author", &model_spec::author},
        {"date", &model_spec::date},
        {"hash_sha256", &model_spec::hash_sha256},
        {"format_type", &model_spec::format_type},
        {"implementation_version", &model_spec::implementation_version},
        {"license", &model_spec::license},
        {"usage_hint", &model_spec::usage_hint},
        {"thumbnail", &model_spec::thumbnail},
        {"trigger_phrase", &model_spec::trigger_phrase},
        {"prediction_type", &model_spec::prediction_type},
        {"preprocessor", &model_spec::preprocessor},
        {"format_template", &model_spec::format_template},
    };
    for (const auto& [key, field] : fields) {
        model_spec model = everything();
        model.*field = faulty;
        const auto entries = model_spec_metadata(model);
        REQUIRE_FALSE(entries);
        CHECK(support::failure(entries) == "invalid_metadata_utf8");
        CHECK(entries.error().subject() == "modelspec." + std::string(key));
    }
    const std::vector<std::pair<std::string_view, std::vector<std::string> model_spec::*>> lists{
        {"tags", &model_spec::tags},
        {"merged_from", &model_spec::merged_from},
        {"unet_dtype", &model_spec::unet_dtype},
        {"vae_dtype", &model_spec::vae_dtype},
        {"language", &model_spec::language},
    };
    for (const auto& [key, list] : lists) {
        model_spec model = everything();
        model.*list = {"fine", faulty};
        const auto entries = model_spec_metadata(model);
        REQUIRE_FALSE(entries);
        CHECK(support::failure(entries) == "invalid_metadata_utf8");
        CHECK(entries.error().subject() == "modelspec." + std::string(key));
    }
}

TEST_CASE("a date is one of ISO 8601")
{
    CHECK(value(with_date("2024-05-31"), "modelspec.date") == "2024-05-31");
    CHECK(value(with_date("2024-05-31T18:13:38+02:00"), "modelspec.date") == "2024-05-31T18:13:38+02:00");
    CHECK(value(with_date(""), "modelspec.date") == "absent");
    CHECK(complaint(with_date("2024-05-32")) ==
          "metadata 'modelspec.date' must be an ISO 8601 date that exists, such as '2024-05-31' or "
          "'2024-05-31T18:13:38Z'");
    CHECK(value(with_date("May 31, 2024"), "modelspec.date") == "invalid_metadata_value");
}

TEST_CASE("a hash is 0x and 64 lower-case hexadecimal digits")
{
    const std::string digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    CHECK(value(with_hash("0x" + digits), "modelspec.hash_sha256") == "0x" + digits);
    CHECK(value(with_hash("0x" + std::string(64, '0')), "modelspec.hash_sha256") ==
          "0x" + std::string(64, '0'));
    CHECK(complaint(with_hash(digits)) ==
          "metadata 'modelspec.hash_sha256' must be '0x' and 64 lower-case hexadecimal digits");
    CHECK(complaint(with_hash("0x" + digits.substr(1))) != "fine");
    CHECK(complaint(with_hash("0x" + digits + "0")) != "fine");
    CHECK(complaint(with_hash("0X" + digits)) != "fine");
    CHECK(complaint(with_hash("00" + digits)) != "fine");
    CHECK(complaint(with_hash("0x" + digits.substr(1) + "F")) != "fine");
    CHECK(complaint(with_hash("0x" + digits.substr(1) + "g")) != "fine");
    CHECK(complaint(with_hash("0x" + digits.substr(1) + " ")) != "fine");
    CHECK(complaint(with_hash("0xx" + digits.substr(1))) != "fine");
}

TEST_CASE("a thumbnail is a data URI of an image")
{
    model_spec model = smallest();
    model.thumbnail = "data:image/webp;base64,UklG";
    CHECK(value(model, "modelspec.thumbnail") == "data:image/webp;base64,UklG");
    model.thumbnail = "thumbnail.jpg";
    CHECK(complaint(model) ==
          "metadata 'modelspec.thumbnail' must be a data URI of an image in base64, such as "
          "thumbnail_uri() gives");
}

TEST_CASE("the items of a list are texts that survive being split at commas")
{
    CHECK(value(with_tags({}), "modelspec.tags") == "absent");
    CHECK(value(with_tags({"a"}), "modelspec.tags") == "a");
    CHECK(value(with_tags({"a b", "c", "d-e"}), "modelspec.tags") == "a b, c, d-e");
    CHECK(complaint(with_tags({"a,b"})) ==
          "metadata 'modelspec.tags' must be a list of texts that are not empty, hold "
          "no comma and do not begin or end blank");
    for (const std::string item : {"", ",", " ", " a", "a ", "\ta", "a\n", "a\r"}) {
        CHECK(value(with_tags({item}), "modelspec.tags") == "invalid_metadata_value");
        CHECK(value(with_tags({item, "last"}), "modelspec.tags") == "invalid_metadata_value");
        CHECK(value(with_tags({"first", item, "last"}), "modelspec.tags") == "invalid_metadata_value");
    }
    model_spec model = smallest();
    model.merged_from = {"Model One", "Model Two"};
    CHECK(value(model, "modelspec.merged_from") == "Model One, Model Two");
    model.merged_from = {"Model, One"};
    CHECK(value(model, "modelspec.merged_from") == "invalid_metadata_value");
}

TEST_CASE("Stable Diffusion predicts v or epsilon, other models may name their own")
{
    const std::string_view key = "modelspec.prediction_type";
    CHECK(value(with_prediction("stable-diffusion-v1", "epsilon"), key) == "epsilon");
    CHECK(value(with_prediction("stable-diffusion-v2-768-v", "v"), key) == "v");
    CHECK(value(with_prediction("stable-diffusion-v1", ""), key) == "absent");
    CHECK(value(with_prediction("flux-1-dev", "flow"), key) == "flow");
    CHECK(complaint(with_prediction("stable-diffusion-v1/lora", "v_prediction")) ==
          "metadata 'modelspec.prediction_type' must be 'v' or 'epsilon' for Stable Diffusion");
    CHECK(value(with_prediction("stable-diffusion-v1", "V"), key) == "invalid_metadata_value");
    CHECK(value(with_prediction("stable-diffusion-v1", "eps"), key) == "invalid_metadata_value");
}

TEST_CASE("what the checkpoint records is not said again")
{
    const auto said = [](const model_spec& model, const stet::model_description& saved) {
        std::string all;
        const auto  made = model_spec_metadata(model, saved);
        if (!made)
            return stet::message(made.error());
        for (const auto& [key, text] : *made) {
            if (key == "modelspec.architecture" || key == "modelspec.prediction_type")
                all += text + ";";
        }
        return all;
    };
    model_spec model = smallest();
    model.architecture.clear();
    const stet::model_description v{.architecture = "stable-diffusion-xl-v1-base",
                                    .prediction = stet::prediction::v(true)};
    CHECK(said(model, v) == "stable-diffusion-xl-v1-base;v;");
    CHECK(said(model, {.architecture = "a", .prediction = stet::prediction::epsilon()}) == "a;epsilon;");
    CHECK(said(model, {.architecture = "a", .prediction = stet::prediction::flow()}) == "a;");
    CHECK(said(model, {}) == "metadata 'modelspec.architecture' is required here; give it a value");
    CHECK(said(with_prediction("b", "v"), v) == "b;v;");
    CHECK(said(with_prediction("flux-1-dev", "flow"), {.prediction = stet::prediction::flow()}) ==
          "flux-1-dev;flow;");
    const std::string_view twice =
        "metadata 'modelspec.prediction_type' must be left out, or what the checkpoint records";
    CHECK(said(with_prediction("b", "epsilon"), v) == twice);
    CHECK(said(with_prediction("b", "flow"), v) == twice);
    CHECK(said(with_prediction("b", "v"), {.prediction = stet::prediction::flow()}) == twice);
}

TEST_CASE("a range of timesteps does not run backwards")
{
    model_spec model = smallest();
    model.timestep_range = stet::timesteps{0, 0};
    CHECK(value(model, "modelspec.timestep_range") == "0,0");
    model.timestep_range = stet::timesteps{0, 499};
    CHECK(value(model, "modelspec.timestep_range") == "0,499");
    model.timestep_range = stet::timesteps{500, 499};
    CHECK(
        complaint(model) ==
        "metadata 'modelspec.timestep_range' must be a first timestep and a last one that is not before it");
}

TEST_CASE("layers of the encoder are counted from 1")
{
    model_spec model = smallest();
    model.encoder_layer = 1;
    CHECK(value(model, "modelspec.encoder_layer") == "1");
    model.encoder_layer = 0;
    CHECK(complaint(model) ==
          "metadata 'modelspec.encoder_layer' must be the number of a layer, counted from 1");
}

TEST_CASE("whether an embedding is a negative one is said in words, or not at all")
{
    model_spec model = smallest();
    CHECK(value(model, "modelspec.is_negative_embedding") == "absent");
    model.is_negative_embedding = false;
    CHECK(value(model, "modelspec.is_negative_embedding") == "false");
    model.is_negative_embedding = true;
    CHECK(value(model, "modelspec.is_negative_embedding") == "true");
}

TEST_CASE("what is recommended and missing is named")
{
    CHECK(stet::missing_recommended(smallest()) ==
          keys{"modelspec.description", "modelspec.author", "modelspec.date", "modelspec.hash_sha256"});
    CHECK(stet::missing_recommended(smallest_text_model()) ==
          keys{"modelspec.description", "modelspec.author", "modelspec.date", "modelspec.hash_sha256",
               "modelspec.format_type"});
    CHECK(stet::missing_recommended(everything()).empty());
    model_spec model = everything();
    model.author.clear();
    model.format_type.clear();
    CHECK(stet::missing_recommended(model) == keys{"modelspec.author", "modelspec.format_type"});
    model.category = model_category::other;
    CHECK(stet::missing_recommended(model) == keys{"modelspec.author"});
}
