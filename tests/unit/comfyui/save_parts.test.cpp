// SPDX-License-Identifier: MIT
#include "support/parsed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/comfyui/save_parts.hpp>
#include <stet/families/layouts.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace comfyui = stet::comfyui;

namespace {

using names = std::vector<std::string>;
using dict = std::vector<std::pair<std::string, stet::tensor_view>>;
using texts = std::map<std::string, std::string>;

constexpr std::array<float, 16> numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// A dict whose tensors hold 0, 1, 2 and so on.
dict counted(std::initializer_list<std::string_view> keys)
{
    dict        made;
    std::size_t at = 0;
    for (const std::string_view key : keys)
        made.emplace_back(key, *stet::view_of(std::span(numbers).subspan(at++, 1), {1}));
    return made;
}

/// ComfyUI's output folder, and what lies in it afterwards.
class output {
public:
    comfyui::node_inputs operator()(std::string_view prefix = {}) const
    {
        return {.output_dir = path_, .prefix = prefix};
    }

    names files(std::string_view folder) const
    {
        names found = here_.entries(folder);
        std::sort(found.begin(), found.end());
        return found;
    }

    support::parsed_checkpoint read(std::string_view name) const
    {
        return support::parse_checkpoint(here_.content(name)).value_or(support::parsed_checkpoint());
    }

    /// `name=number` of each tensor, in the file's order.
    names tensors(std::string_view name) const
    {
        names found;
        for (const support::parsed_tensor& tensor : read(name).tensors) {
            float number = 0;
            std::copy_n(tensor.bytes.data(), sizeof number, reinterpret_cast<char*>(&number));
            found.push_back(tensor.name + '=' + std::to_string(static_cast<int>(number)));
        }
        return found;
    }

    texts metadata(std::string_view name) const
    {
        const auto found = read(name).metadata;
        return found ? texts(found->begin(), found->end()) : texts{{"none", "at all"}};
    }

private:
    support::scratch_directory here_{};
    std::string                path_ =
        std::filesystem::path(here_.path()).make_preferred().string(); ///< as the system spells it
};

/// The path of what was saved, with slashes.
std::string path_of(const stet::saved_checkpoint& saved)
{
    return std::filesystem::path(saved.path).generic_string();
}

template <class Saved>
void require(const Saved& saved)
{
    INFO((saved ? std::string() : stet::message(saved.error())));
    REQUIRE(saved);
}

} // namespace

TEST_CASE("each text encoder gets a file of its own, and the rest one without a suffix")
{
    const output out;
    const dict   encoders =
        counted({"t5xxl.transformer.encoder.w", "clip_l.transformer.text_model.w", "clip_l.logit_scale",
                 "other.transformer.w", "clip_l.text_projection", "transformer.rest", "clip_lx.w"});

    const auto saved = comfyui::save_clip(encoders, out());

    require(saved);
    CHECK(out.files("clip") == names{"ComfyUI_00001_.safetensors", "ComfyUI_clip_l_00001_.safetensors",
                                     "ComfyUI_t5xxl_00001_.safetensors"});
    CHECK(out.tensors("clip/ComfyUI_clip_l_00001_.safetensors") ==
          names{"logit_scale=2", "text_model.w=1", "text_projection=4"});
    CHECK(out.tensors("clip/ComfyUI_t5xxl_00001_.safetensors") == names{"encoder.w=0"});
    CHECK(out.tensors("clip/ComfyUI_00001_.safetensors") ==
          names{"clip_lx.w=6", "other.transformer.w=3", "rest=5"});
    REQUIRE(saved->size() == 3);
    CHECK((*saved)[0].encoder == "clip_l");
    CHECK(path_of((*saved)[0].file).ends_with("clip/ComfyUI_clip_l_00001_.safetensors"));
    CHECK((*saved)[1].encoder == "t5xxl");
    CHECK((*saved)[2].encoder.empty());
    CHECK((*saved)[2].file.number == 1);
}

TEST_CASE("all text encoders of ComfyUI are told apart")
{
    const output out;
    dict         all;
    for (const std::string_view encoder : comfyui::encoders)
        all.emplace_back(std::string(encoder) + ".w", *stet::view_of(std::span(numbers), {16}));

    const auto saved = comfyui::save_clip(all, out("E"));

    require(saved);
    REQUIRE(saved->size() == comfyui::encoders.size());
    for (std::size_t i = 0; i < saved->size(); ++i)
        CHECK((*saved)[i].encoder == comfyui::encoders[i]);
    CHECK(out.tensors("E_hydit_clip_00001_.safetensors") == names{"w=0"});
    CHECK(out.tensors("E_gemma2_2b_00001_.safetensors") == names{"w=0"});
}

TEST_CASE("a text encoder's file says format pt, and prompt and workflow where they are given")
{
    const output                             out;
    const dict                               one = counted({"clip_g.w"});
    const std::array<comfyui::json_entry, 1> extra{{{"workflow", "[1,2]"}}};

    comfyui::node_inputs inputs = out();
    require(comfyui::save_clip(one, inputs));
    inputs.graph = comfyui::workflow{};
    require(comfyui::save_clip(one, inputs));
    inputs.graph = comfyui::workflow{.prompt = "{\"1\":{}}", .extra = extra};
    require(comfyui::save_clip(one, inputs));

    CHECK(out.metadata("clip/ComfyUI_clip_g_00001_.safetensors") == texts{{"format", "pt"}});
    CHECK(out.metadata("clip/ComfyUI_clip_g_00002_.safetensors") == texts{{"format", "pt"}, {"prompt", ""}});
    CHECK(out.metadata("clip/ComfyUI_clip_g_00003_.safetensors") ==
          texts{{"format", "pt"}, {"prompt", "{\"1\": {}}"}, {"workflow", "[1, 2]"}});
}

TEST_CASE("a workflow may replace the format, as in ComfyUI")
{
    const output                             out;
    const dict                               one = counted({"clip_g.w"});
    const std::array<comfyui::json_entry, 1> extra{{{"format", "\"np\""}}};
    comfyui::node_inputs                     inputs = out();
    inputs.graph = comfyui::workflow{.extra = extra};
    require(comfyui::save_clip(one, inputs));
    CHECK(out.metadata("clip/ComfyUI_clip_g_00001_.safetensors")["format"] == "\"np\"");
}

TEST_CASE("of two keys that become one the strict save refuses both, ComfyUI keeps that of the transformer")
{
    const output out;
    for (const bool comes_first : {true, false}) {
        CAPTURE(comes_first);
        const std::string_view with = "clip_l.transformer.w";
        const std::string_view without = "clip_l.w";
        const dict             two = comes_first ? counted({with, without}) : counted({without, with});
        const auto             refused = comfyui::save_clip(two, out("S"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == stet::errc::duplicate_name);
        CHECK(out.files("").size() == (comes_first ? 0 : 1));

        require(comfyui::save_clip(two, out("C"), {.duplicates = stet::duplicate_names::later_wins}));
        CHECK(out.tensors(comes_first ? "C_clip_l_00001_.safetensors" : "C_clip_l_00002_.safetensors") ==
              names{comes_first ? "w=0" : "w=1"});
    }
}

TEST_CASE("a text encoder at fault leaves no file of those before it")
{
    const output                                                 out;
    const std::map<std::string, stet::result<stet::tensor_view>> broken{
        {"clip_l.w", stet::view_of(std::span(numbers), {16})}, {"t5xxl.transformer.w", {}}};
    const auto refused = comfyui::save_clip(broken, out());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::missing_tensor);
    CHECK(refused.error().subject() == "w");
    CHECK(out.files("").empty());
}

TEST_CASE("a text encoder without an entry is refused, or gives no file")
{
    const output out;
    const auto   refused = comfyui::save_clip(dict{}, out());
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()).starts_with("component 'text encoder' has no tensors"));
    const auto nothing = comfyui::save_clip(dict{}, out(), {.empty = stet::empty_components::allow});
    require(nothing);
    CHECK(nothing->empty());
    CHECK(out.files("").empty());
}

TEST_CASE("all text encoders have the time at which the first is saved, and the prefix keeps its folder")
{
    const output         out;
    comfyui::node_inputs inputs = out("%year%/x");
    inputs.fields.time = stet::calendar_time{.year = 1999};
    require(comfyui::save_clip(counted({"clip_l.w", "a"}), inputs));
    CHECK(out.files("1999") == names{"x_00001_.safetensors", "x_clip_l_00001_.safetensors"});
    inputs.fields.time = {};
    const auto now = comfyui::save_clip(counted({"clip_l.w", "a"}), inputs);
    require(now);
    CHECK((*now)[0].file.path.find("%") == std::string::npos);
}

TEST_CASE("a VAE is saved as it is, with prompt and workflow alone")
{
    const output         out;
    comfyui::node_inputs inputs = out();
    inputs.graph = comfyui::workflow{.prompt = "[]"};

    const auto saved = comfyui::save_vae(counted({"encoder.w", "decoder.transformer.w"}), inputs);

    require(saved);
    CHECK(path_of(*saved).ends_with("/vae/ComfyUI_vae_00001_.safetensors"));
    CHECK(out.tensors("vae/ComfyUI_vae_00001_.safetensors") ==
          names{"decoder.transformer.w=1", "encoder.w=0"});
    CHECK(out.metadata("vae/ComfyUI_vae_00001_.safetensors") == texts{{"prompt", "[]"}});
}

TEST_CASE("a model is saved under its family's prefix, with the metadata of a checkpoint")
{
    struct named_layout : stet::layouts::generic {};
    const output         out;
    comfyui::node_inputs inputs = out();
    inputs.graph = comfyui::workflow{};

    const auto saved = comfyui::save_model(counted({"w"}), named_layout{}, inputs,
                                           {.prediction = stet::prediction::epsilon()});

    require(saved);
    CHECK(path_of(*saved).ends_with("/diffusion_models/ComfyUI_00001_.safetensors"));
    CHECK(out.tensors("diffusion_models/ComfyUI_00001_.safetensors") == names{"model.diffusion_model.w=0"});
    CHECK(out.metadata("diffusion_models/ComfyUI_00001_.safetensors") ==
          texts{{"modelspec.predict_key", "epsilon"}, {"prompt", ""}});
}

TEST_CASE("metadata of the caller's is added to the node's, and a callback of the caller's takes its place")
{
    const output         out;
    const dict           one = counted({"clip_l.w"});
    const texts          given{{"format", "mine"}, {"author", "me"}};
    comfyui::node_inputs inputs = out("M");
    require(comfyui::save_clip(one, inputs, {.metadata = given}));
    CHECK(out.metadata("M_clip_l_00001_.safetensors") == texts{{"author", "me"}, {"format", "pt"}});
    require(comfyui::save_clip(one, inputs, {.metadata_for = [&](const stet::claimed_name&) {
                                   return stet::result<stet::metadata_view>(given);
                               }}));
    CHECK(out.metadata("M_clip_l_00002_.safetensors") == given);
}

TEST_CASE("a prompt that is no JSON leaves no file")
{
    const output         out;
    comfyui::node_inputs inputs = out();
    inputs.graph = comfyui::workflow{.prompt = "{"};
    for (const auto& failed : {comfyui::save_clip(counted({"a"}), inputs).error(),
                               comfyui::save_vae(counted({"a"}), inputs).error()})
        CHECK(failed.code == stet::errc::invalid_json);
    CHECK(out.files("clip").empty());
    CHECK(out.files("vae").empty());
}
