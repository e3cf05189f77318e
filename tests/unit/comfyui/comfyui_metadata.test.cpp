// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/rearranged.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/families/families.hpp>
#include <stet/header/header.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace comfyui = stet::comfyui;

namespace {

using stet::claimed_name;
using stet::metadata_list;
using stet::model_type;
using stet::comfyui::json_entry;
using stet::comfyui::workflow;

/// "key=value" lines, or the error and what it is about.
std::string text(const stet::result<metadata_list>& made)
{
    if (!made)
        return std::string(support::failure(made)) + " " + std::string(made.error().subject());
    std::string all;
    for (const auto& [key, value] : *made)
        all += key + "=" + value + "\n";
    return all;
}

const claimed_name none{};

/// A model that is saved as ComfyUI_00001_.
claimed_name saved(std::string_view architecture, std::optional<stet::prediction> predicts)
{
    return {
        .stem = "ComfyUI", .digits = "1", .model = {.architecture = architecture, .prediction = predicts}};
}
claimed_name saved(model_type type)
{
    return saved("", stet::prediction{.type = type});
}

} // namespace

TEST_CASE("nothing known makes no metadata")
{
    CHECK(text(comfyui::make_metadata(none)).empty());
    CHECK(text(comfyui::make_metadata({.stem = "ComfyUI", .digits = "1"})).empty());
}

TEST_CASE(
    "an epsilon model without an architecture has its predict key, and an empty prompt where none is given")
{
    CHECK(text(comfyui::make_metadata(saved(model_type::eps), workflow{})) ==
          "modelspec.predict_key=epsilon\nprompt=\n");
    CHECK(text(comfyui::make_metadata(saved(model_type::flux), workflow{})) == "prompt=\n");
}

TEST_CASE("a family with an architecture has all of modelspec in ComfyUI's order")
{
    CHECK(text(comfyui::make_metadata({.stem = "my model",
                                       .digits = "100000",
                                       .model = {.architecture = "stable-diffusion-xl-v1-base",
                                                 .prediction = stet::prediction::v(true)}},
                                      workflow{})) == "modelspec.architecture=stable-diffusion-xl-v1-base\n"
                                                      "modelspec.sai_model_spec=1.0.0\n"
                                                      "modelspec.implementation=sgm\n"
                                                      "modelspec.title=my model 100000\n"
                                                      "modelspec.predict_key=v\n"
                                                      "prompt=\n");
    CHECK(text(comfyui::make_metadata(saved("a", std::nullopt))) ==
          "modelspec.architecture=a\nmodelspec.sai_model_spec=1.0.0\nmodelspec.implementation=sgm\n"
          "modelspec.title=ComfyUI 1\n");
}

TEST_CASE("only epsilon and v have a predict key")
{
    for (int i = 0; i <= static_cast<int>(model_type::v_prediction_ddpm); ++i) {
        CAPTURE(i);
        const auto type = static_cast<model_type>(i);
        CHECK(text(comfyui::make_metadata(saved(type))) ==
              (type == model_type::eps            ? "modelspec.predict_key=epsilon\n"
               : type == model_type::v_prediction ? "modelspec.predict_key=v\n"
                                                  : ""));
    }
}

TEST_CASE("prompt and workflow are dumped anew as Python would")
{
    const std::array<json_entry, 2> extra{
        {{"workflow", " {\"b\":[1,2.50,1e400],\n\"a\":\"\xC3\xA9\",\"b\":null}"}, {"n", "1E2"}}};
    CHECK(text(comfyui::make_metadata(none, workflow{.prompt = "{}", .extra = extra})) ==
          "prompt={}\nworkflow={\"b\": null, \"a\": \"\\u00e9\"}\nn=100.0\n");
}

TEST_CASE("extra entries come last and replace the text of what has their key, in its place")
{
    const std::array<json_entry, 3> extra{
        {{"prompt", "\"mine\""}, {"modelspec.title", "\"OVERRIDE\""}, {"x", "1"}}};
    CHECK(text(comfyui::make_metadata({.stem = "s", .digits = "2", .model = {.architecture = "a"}},
                                      workflow{.prompt = "{}", .extra = extra})) ==
          "modelspec.architecture=a\nmodelspec.sai_model_spec=1.0.0\nmodelspec.implementation=sgm\n"
          "modelspec.title=\"OVERRIDE\"\nprompt=\"mine\"\nx=1\n");
    const std::array<json_entry, 2> twice{{{"x", "1"}, {"x", "2"}}};
    CHECK(text(comfyui::make_metadata(none, workflow{.extra = twice})) == "prompt=\nx=2\n");
}

TEST_CASE("a text that is no JSON is refused by its key")
{
    CHECK(text(comfyui::make_metadata(none, workflow{.prompt = "{a:1}"})) == "invalid_json prompt");
    CHECK(text(comfyui::make_metadata(none, workflow{.prompt = ""})) == "invalid_json prompt");
    const std::array<json_entry, 1> extra{{{"workflow", "[1,]"}}};
    const auto refused = comfyui::make_metadata(none, workflow{.prompt = "{}", .extra = extra});
    CHECK(text(refused) == "invalid_json workflow");
    CHECK(stet::message(refused.error()).starts_with("JSON text 'workflow': "));
    const std::string               deep = std::string(2000, '[') + std::string(2000, ']');
    const std::array<json_entry, 1> too_deep{{{"workflow", deep}}};
    CHECK(text(comfyui::make_metadata(none, workflow{.extra = too_deep})) == "json_too_deep workflow");
}

TEST_CASE("texts may reach the limit together and not one byte more")
{
    // As stored: {"a": 1} and [1, 2]
    const std::array<json_entry, 1> extra{{{"workflow", "[1,2]"}}};
    const auto                      made = [&](std::uint64_t largest) {
        return comfyui::make_metadata(none,
                                                           workflow{.prompt = "{\"a\":1}", .extra = extra, .largest = largest});
    };
    CHECK(text(made(14)) == "prompt={\"a\": 1}\nworkflow=[1, 2]\n");
    const auto refused = made(13);
    CHECK(text(refused) == "metadata_too_large workflow");
    CHECK(refused.error().expected == 13);
    CHECK(refused.error().actual == 14);
    CHECK(text(made(7)) == "metadata_too_large prompt");
    CHECK(text(comfyui::make_metadata(none, workflow{.largest = 0})) == "prompt=\n");
}

TEST_CASE("a graph is stored only when it is given")
{
    CHECK(text(comfyui::make_metadata(saved(model_type::eps))).find("prompt") == std::string::npos);
    CHECK(workflow{}.largest == 8U * 1024 * 1024);
}

TEST_CASE("the list is metadata as a header takes it")
{
    const auto made = comfyui::make_metadata(saved(model_type::eps), workflow{});
    REQUIRE(made);
    const stet::metadata_view view(*made);
    std::string               keys;
    const auto                visited = view.each([&](std::string_view key, std::string_view) {
        keys += std::string(key) + ";";
        return stet::result<void>();
    });
    CHECK(visited);
    CHECK(keys == "modelspec.predict_key;prompt;");
}

TEST_CASE("what is said once, in the save's options or by the family, stands in the metadata")
{
    support::tensor_pool         pool;
    const support::named_tensors model{{"w", pool.one(1)}};
    const auto                   entries = [&]<class Family>(Family, const stet::plan_options& options) {
        const auto plan = stet::make_plan(stet::model_only{.model = model}, Family{}, options);
        REQUIRE(plan);
        return text(comfyui::make_metadata({.stem = "s", .digits = "1", .model = plan->model()}));
    };
    CHECK(entries(stet::families::sd15{}, {}) == "modelspec.predict_key=epsilon\n");
    CHECK(entries(stet::families::hunyuan_dit{}, {}) == "modelspec.predict_key=v\n");
    CHECK(entries(stet::families::sdxl{}, {.prediction = stet::prediction::v()}) ==
          "modelspec.architecture=stable-diffusion-xl-v1-base\nmodelspec.sai_model_spec=1.0.0\n"
          "modelspec.implementation=sgm\nmodelspec.title=s 1\nmodelspec.predict_key=v\n");
    CHECK(entries(stet::families::flux{}, {}).empty());
}
