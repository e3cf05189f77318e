// SPDX-License-Identifier: MIT
// Checkpoints with quantised layers: composed, taken apart and composed again, no layer loses its meaning.
#include "support/recorded_cases.hpp"
#include "support/runtime_layout.hpp"
#include "support/text_bytes.hpp"

#include <stet/carry.hpp>
#include <stet/comfyui/comfyui_target.hpp>
#include <stet/quantised/find_layers.hpp>
#include <stet/read.hpp>
#include <stet/split.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view index_file = "quantised/index.json";
constexpr std::string_view layers_key = "_quantization_metadata";

/// A file of the data, read.
struct read_file {
    std::string                          content{};
    std::optional<stet::checkpoint_view> view{};
    stet::metadata_list                  metadata{};
};

bool read(std::string_view relative, read_file& file)
{
    auto content = support::file_content(support::test_data("quantised/" + std::string(relative)));
    CHECK(content);
    if (!content)
        return false;
    file.content = *std::move(content);
    auto view = stet::read_checkpoint(support::as_bytes(file.content));
    INFO(relative << ": " << (view ? std::string() : stet::message(view.error())));
    CHECK(view);
    if (!view)
        return false;
    file.metadata = stet::carry::metadata_of(view->header());
    file.view.emplace(*std::move(view));
    return true;
}

// ---- files as content, whatever their order ---------------------------------------------------------------

/// "F32 [2, 3] bytes" of each tensor by its name.
using described = std::map<std::string, std::string>;

std::string description(const stet::checkpoint_view& file, const stet::stored_tensor& tensor)
{
    std::string text(stet::name(tensor.type));
    for (const std::uint64_t axis : tensor.shape)
        text += " " + std::to_string(axis);
    const auto bytes = file.data(tensor);
    return text + ":" + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

described content(const stet::checkpoint_view& file)
{
    described all;
    for (const stet::stored_tensor tensor : file.header())
        all.emplace(tensor.name, description(file, tensor));
    return all;
}

/// A JSON text with members by name, so that equal values are equal texts.
std::string in_order(const support::json_value& value)
{
    if (const auto* const members = value.members()) {
        std::map<std::string, std::string> ordered;
        for (const support::json_member& one : *members)
            ordered[one.key] = in_order(one.value);
        std::string text = "{";
        for (const auto& [key, inner] : ordered)
            text += key + ":" + inner + ",";
        return text + "}";
    }
    if (value.elements() != nullptr) {
        std::string text = "[";
        for (const support::json_value& one : value.items())
            text += in_order(one) + ",";
        return text + "]";
    }
    if (value.string() != nullptr)
        return "'" + std::string(value.text()) + "'";
    if (const auto truth = value.boolean())
        return *truth ? "true" : "false";
    return value.number() ? std::to_string(*value.number()) : "null";
}

/// Metadata by key, what it says of layers compared as JSON.
std::map<std::string, std::string> meaning(const stet::metadata_list& metadata)
{
    std::map<std::string, std::string> all;
    for (const auto& [key, text] : metadata) {
        const auto json = key == layers_key ? support::parse_json(text) : std::nullopt;
        all[key] = json ? in_order(*json) : text;
    }
    return all;
}

// ---- composing and splitting ------------------------------------------------------------------------------

struct component_files {
    read_file model{};
    read_file text_encoder{};
    read_file vae{};

    bool read_all(const support::json_value& paths)
    {
        return read(paths.at("model").text(), model) && read(paths.at("text_encoder").text(), text_encoder) &&
               read(paths.at("vae").text(), vae);
    }
    stet::full checkpoint() const
    {
        return {.model = *model.view, .text_encoder = *text_encoder.view, .vae = *vae.view};
    }
};

/// The file and what became of its metadata.
struct composed {
    std::string          file{};
    stet::carry::carried said{};
};

template <class Kind>
stet::result<composed> compose(const Kind& checkpoint, const support::runtime_layout& layout,
                               const std::array<stet::metadata_view, 4>& sources, stet::strictness how)
{
    const bool is_strict = how == stet::strictness::strict;
    const auto plan = stet::make_plan(checkpoint, layout,
                                      is_strict ? stet::plan_options() : stet::plan_options::as_comfyui());
    if (!plan)
        return plan.error();
    auto said = stet::carry::compose(checkpoint, layout, sources);
    if (!said)
        return said.error();
    composed          out{.said = *std::move(said)};
    stet::append_sink to(out.file);
    if (auto written = stet::save(*plan, to, {.metadata = out.said.metadata}); !written)
        return written.error();
    return out;
}

stet::result<composed> compose(const component_files& files, const support::runtime_layout& layout,
                               stet::strictness how)
{
    return compose(files.checkpoint(), layout,
                   {stet::metadata_view(files.model.metadata),
                    stet::metadata_view(files.text_encoder.metadata), stet::metadata_view(files.vae.metadata),
                    stet::metadata_view()},
                   how);
}

/// A checkpoint taken apart, with the metadata of each part.
struct taken_apart {
    stet::split_checkpoint      parts;
    stet::carry::split_metadata metadata;
};

std::optional<taken_apart> take_apart(const read_file& file, const support::runtime_layout& layout)
{
    const stet::component<stet::role::extra> dict(*file.view);
    auto                                     parts = stet::split_by(layout.rules, dict);
    auto metadata = stet::carry::split_by(layout.rules, dict, file.metadata);
    INFO((parts ? std::string() : stet::message(parts.error())));
    CHECK((parts && metadata));
    if (!parts || !metadata)
        return std::nullopt;
    return taken_apart{.parts = *std::move(parts), .metadata = *std::move(metadata)};
}

struct parts_and_vision {
    stet::component<stet::role::model>        model;
    stet::component<stet::role::text_encoder> text_encoder;
    stet::component<stet::role::vae>          vae;
    stet::component<stet::role::extra>        extra;

    static constexpr stet::field_list<&parts_and_vision::model, &parts_and_vision::text_encoder,
                                      &parts_and_vision::vae, &parts_and_vision::extra>
        fields{};
};

template <class Role>
stet::component<Role> given(const stet::split_part& part)
{
    return part.empty() ? stet::component<Role>(stet::no_entries) : stet::component<Role>(part);
}

stet::result<composed> compose(const taken_apart& all, const support::runtime_layout& layout,
                               stet::strictness how)
{
    namespace role = stet::role;
    return compose(parts_and_vision{.model = given<role::model>(all.parts.model),
                                    .text_encoder = given<role::text_encoder>(all.parts.text_encoder),
                                    .vae = given<role::vae>(all.parts.vae),
                                    .extra = given<role::extra>(all.parts.extra)},
                   layout,
                   {stet::metadata_view(all.metadata.model), stet::metadata_view(all.metadata.text_encoder),
                    stet::metadata_view(all.metadata.vae), stet::metadata_view(all.metadata.extra)},
                   how);
}

/// The file as this library writes it, with its metadata in order.
std::string written_anew(const read_file& file)
{
    std::string       out;
    stet::append_sink to(out);
    CHECK(stet::save(*file.view, to, {.metadata = file.metadata}));
    return out;
}

/// What is said of layers that the file does not have is lost, and only that.
std::string without_layers(const read_file& file, const std::vector<std::string>& lost)
{
    if (lost.empty())
        return written_anew(file);
    read_file           fewer;
    stet::metadata_list metadata = file.metadata;
    for (auto& [key, text] : metadata) {
        const auto json = key == layers_key ? support::parse_json(text) : std::nullopt;
        if (!json)
            continue;
        for (const std::string& layer : lost) {
            const std::size_t at = text.find("\"" + layer + "\":");
            if (at == std::string::npos)
                continue;
            const std::size_t end = text.find('}', at) + 1;
            const bool        is_last = text[end] != ',';
            text.erase(is_last ? text.rfind(',', at) : at,
                       is_last ? end - text.rfind(',', at) : end + 2 - at);
        }
    }
    std::string       out;
    stet::append_sink to(out);
    CHECK(stet::save(*file.view, to, {.metadata = metadata}));
    return out;
}

/// Taken apart and composed a checkpoint is the same, byte for byte.
void check_round_trip(const read_file& file, const support::runtime_layout& layout, stet::strictness how)
{
    const auto apart = take_apart(file, layout);
    if (!apart)
        return;
    CHECK(apart->parts.leftover.empty());
    const auto again = compose(*apart, layout, how);
    INFO((again ? std::string() : stet::message(again.error())));
    CHECK(again);
    if (again)
        CHECK((again->file == without_layers(file, apart->metadata.unplaced_layers)));
}

// ---- whole saves ------------------------------------------------------------------------------------------

/// A tensor named "role:name" among the inputs.
std::optional<std::string> described_input(const component_files& files, std::string_view name)
{
    const std::size_t      colon = name.find(':');
    const std::string_view role = name.substr(0, colon);
    const read_file&       file = role == "model"          ? files.model
                                  : role == "text_encoder" ? files.text_encoder
                                                           : files.vae;
    const auto             stored = file.view->header().find(name.substr(colon + 1));
    return stored ? std::optional(description(*file.view, *stored)) : std::nullopt;
}

void check_carried(const support::json_value& recorded, const component_files& files, const composed& saved)
{
    const auto view = stet::read_checkpoint(support::as_bytes(saved.file));
    CHECK(view);
    if (!view)
        return;
    const described all = content(*view);
    for (const support::json_member& one : *recorded.at("carried").members()) {
        CAPTURE(one.key);
        const auto found = all.find(std::string(one.value.text()));
        const auto input = described_input(files, one.key);
        CHECK(input);
        CHECK(found != all.end());
        if (input && found != all.end())
            CHECK((found->second == *input));
    }
}

/// Every layer that ComfyUI's file has a marker for is described in ours, too: by its marker, by metadata under its new
/// name, or by the older names, in whatever words.
void check_described(const support::json_value& recorded, const composed& saved, const read_file& output)
{
    const auto view = stet::read_checkpoint(support::as_bytes(saved.file));
    CHECK(view);
    if (!view)
        return;
    const auto ours = stet::quantised::find_layers(*view);
    const auto theirs = stet::quantised::find_layers(*output.view);
    CHECK((ours && theirs));
    if (!ours || !theirs)
        return;
    for (const support::json_member& one : *recorded.at("markers").members()) {
        CAPTURE(one.key);
        const std::string layer = one.key.substr(0, one.key.size() - std::string_view(".comfy_quant").size());
        const auto* const found = ours->find(layer);
        const auto* const wanted = theirs->find(layer);
        CHECK((found != nullptr && wanted != nullptr));
        if (found == nullptr || wanted == nullptr)
            continue;
        CHECK(found->described_by != stet::quantised::described_by::nothing);
        CHECK(found->format_name == one.value.at("format").text());
        CHECK(found->settings.full_precision_matrix_mult == wanted->settings.full_precision_matrix_mult);
        CHECK(found->settings.convrot == wanted->settings.convrot);
        CHECK(found->settings.convrot_groupsize == wanted->settings.convrot_groupsize);
        CHECK(found->settings.group_size == wanted->settings.group_size);
        CHECK(found->settings.linear_dtype == wanted->settings.linear_dtype);
    }
}

/// Saved as ComfyUI does, from components as ComfyUI keeps them: the same tensors as in its own file, to the byte.
void check_as_comfyui(const support::json_value& recorded, const component_files& files,
                      const support::runtime_layout& layout, const read_file& output)
{
    const auto model = stet::carry::as_comfyui_keeps(*files.model.view);
    const auto text = stet::carry::as_comfyui_keeps(*files.text_encoder.view);
    CHECK((model && text));
    if (!model || !text)
        return;
    const auto plan =
        stet::make_plan(stet::full{.model = *model, .text_encoder = *text, .vae = *files.vae.view}, layout,
                        stet::plan_options::as_comfyui());
    INFO((plan ? std::string() : stet::message(plan.error())));
    CHECK(plan);
    if (!plan)
        return;
    const auto metadata = stet::comfyui::make_metadata(
        {.stem = "ComfyUI", .number = 1, .digits = "1", .model = plan->model()}, stet::comfyui::workflow{});
    CHECK(metadata);
    std::string       out;
    stet::append_sink to(out);
    if (!metadata || !stet::save(*plan, to, {.metadata = *metadata})) {
        FAIL_CHECK("it cannot be written");
        return;
    }
    const auto view = stet::read_checkpoint(support::as_bytes(out));
    if (!view) {
        FAIL_CHECK("it cannot be read");
        return;
    }
    const described ours = content(*view);
    const described theirs = content(*output.view);
    for (const auto& [name, says] : theirs) {
        CAPTURE(name);
        const auto found = ours.find(name);
        CHECK(found != ours.end());
        if (found != ours.end())
            CHECK((found->second == says));
    }
    CHECK(ours.size() == theirs.size());
    std::vector<std::string> keys;
    std::vector<std::string> expected;
    for (const auto& [key, value] : *metadata)
        keys.push_back(key);
    for (const support::json_value& key : recorded.at("output_metadata_keys").items())
        expected.emplace_back(key.text());
    std::sort(keys.begin(), keys.end());
    std::sort(expected.begin(), expected.end());
    CHECK(keys == expected);
}

void check_save(const support::json_value& recorded)
{
    component_files files;
    const auto      layout = support::runtime_layout::of(recorded.at("family").text());
    CHECK(layout);
    if (!layout || !files.read_all(recorded.at("inputs")))
        return;
    const auto strict = compose(files, *layout, stet::strictness::strict);
    INFO((strict ? std::string() : stet::message(strict.error())));
    const std::string_view rule = recorded.at("rule").text();
    if (rule.empty()) {
        CHECK(strict);
    } else {
        CHECK_FALSE(strict);
        if (!strict) {
            CHECK(stet::name(strict.error().code) == "quantised_companion");
            CHECK(strict.error().first_party() == rule);
        }
    }
    const auto saved = strict ? strict : compose(files, *layout, stet::strictness::as_comfyui);
    CHECK(saved);
    if (!saved)
        return;
    read_file output;
    if (!read(recorded.at("output").text(), output))
        return;
    check_carried(recorded, files, *saved);
    check_described(recorded, *saved, output);
    check_as_comfyui(recorded, files, *layout, output);
    // Codes of q, k and v that were joined have no way back where their rows differ; that is said.
    const stet::component<stet::role::extra> dict(*output.view);
    const auto                               apart = stet::split_by(layout->rules, dict);
    if (!apart && rule == "text-encoder-openclip")
        CHECK(stet::name(apart.error().code) == "uneven_qkv");
    else
        check_round_trip(output, *layout,
                         rule.empty() ? stet::strictness::strict : stet::strictness::as_comfyui);
}

// ---- round trips ------------------------------------------------------------------------------------------

void check_part(const stet::split_part& part, const stet::metadata_list& metadata, const read_file& expected)
{
    std::string       out;
    stet::append_sink to(out);
    CHECK(stet::save(part, to, {.metadata = metadata}));
    const auto view = stet::read_checkpoint(support::as_bytes(out));
    CHECK(view);
    if (view)
        CHECK((content(*view) == content(*expected.view)));
    CHECK(meaning(metadata) == meaning(expected.metadata));
}

void check_round_trip_case(const support::json_value& recorded)
{
    component_files files;
    read_file       checkpoint;
    const auto      layout = support::runtime_layout::of(recorded.at("family").text());
    CHECK(layout);
    if (!layout || !files.read_all(recorded.at("parts")) ||
        !read(recorded.at("checkpoint").text(), checkpoint))
        return;
    std::vector<std::string> unplaced;
    for (const support::json_value& one : recorded.at("unplaced_layers").items())
        unplaced.emplace_back(one.text());

    const auto apart = take_apart(checkpoint, *layout);
    if (apart) {
        check_part(apart->parts.model, apart->metadata.model, files.model);
        check_part(apart->parts.text_encoder, apart->metadata.text_encoder, files.text_encoder);
        check_part(apart->parts.vae, apart->metadata.vae, files.vae);
        CHECK(apart->metadata.unplaced_layers == unplaced);
    }

    const std::string_view rule = recorded.at("rule").text();
    const auto             how = rule.empty() ? stet::strictness::strict : stet::strictness::as_comfyui;
    if (!rule.empty()) {
        const auto refused = compose(files, *layout, stet::strictness::strict);
        CHECK_FALSE(refused);
        if (!refused)
            CHECK(refused.error().first_party() == rule);
    }
    const auto again = compose(files, *layout, how);
    INFO((again ? std::string() : stet::message(again.error())));
    CHECK(again);
    if (!again)
        return;
    CHECK(again->said.unplaced_layers.empty());
    CHECK((again->file == without_layers(checkpoint, unplaced)));
    check_round_trip(checkpoint, *layout, how);
}

// ---- every family -----------------------------------------------------------------------------------------

/// A component with quantised layers strewn in, some with a marker, some described by metadata, and plain ones.
class strewn {
public:
    explicit strewn(std::string_view beginning)
    {
        layer(beginning, "blocks.0.attn.to_q", stet::dtype::f8_e4m3, marker, false);
        layer(beginning, "blocks.0.attn.to_out.0", stet::dtype::u8, "nvfp4", true);
        layer(beginning, "blocks.1.ffn.net.2", stet::dtype::i8, "int8_tensorwise", true);
        layer(beginning, "norm", stet::dtype::bf16, "", false);
    }
    strewn(const std::vector<std::string_view>& encoders, bool is_quantised)
    {
        for (const std::string_view encoder : encoders) {
            const std::string beginning = std::string(encoder) + ".transformer.text_model.encoder.layers.0.";
            const auto        add_layer = [&](const char* name, stet::dtype type, std::string_view format,
                                       bool is_in_metadata) {
                layer(beginning, name, is_quantised ? type : stet::dtype::bf16, is_quantised ? format : "",
                             is_in_metadata);
            };
            add_layer("mlp.fc1", stet::dtype::f8_e4m3, marker, false);
            add_layer("mlp.fc2", stet::dtype::i8, "int8_tensorwise", true);
            add_layer("self_attn.out_proj", stet::dtype::f8_e4m3, marker, true);
        }
    }

    const std::map<std::string, stet::tensor_view>& tensors() const { return tensors_; }

    stet::metadata_list metadata() const
    {
        stet::metadata_list all{{"format", "pt"}};
        if (!layers_.empty())
            all.emplace_back(layers_key, "{\"format_version\": \"1.0\", \"layers\": {" + layers_ + "}}");
        return all;
    }

private:
    static constexpr const char* marker = "float8_e4m3fn";

    void layer(std::string_view beginning, const std::string& name, stet::dtype type, std::string_view format,
               bool is_in_metadata)
    {
        const std::string full = std::string(beginning) + name;
        add(full + ".weight", type, {4, 4});
        add(full + ".bias", stet::dtype::bf16, {4});
        if (format.empty())
            return;
        add(full + ".weight_scale", stet::dtype::f32, {});
        const std::string says = "{\"format\": \"" + std::string(format) + "\"}";
        if (is_in_metadata) {
            layers_ += (layers_.empty() ? "\"" : ", \"") + full + "\": " + says;
            return;
        }
        texts_.push_back(says);
        tensors_[full + ".comfy_quant"] =
            *stet::view_of(stet::dtype::u8, {says.size()}, support::as_bytes(texts_.back()));
    }

    void add(const std::string& name, stet::dtype type, const stet::extents& shape)
    {
        const std::size_t size = *stet::byte_count(type, shape);
        texts_.emplace_back(size, static_cast<char>('a' + texts_.size()));
        tensors_[name] = *stet::view_of(type, shape, support::as_bytes(texts_.back()));
    }

    std::map<std::string, stet::tensor_view> tensors_{};
    std::list<std::string>                   texts_{};
    std::string                              layers_{};
};

/// The CLIP encoders that a family's rule renames; none where a text encoder only gets a prefix.
std::vector<std::string_view> encoders_of(const support::runtime_layout& layout)
{
    const auto has = [&](std::string_view prefix) {
        return std::find(layout.rules.text.begin(), layout.rules.text.end(), prefix) !=
               layout.rules.text.end();
    };
    if (has("conditioner.embedders.1.model."))
        return {"clip_l", "clip_g"};
    if (has("cond_stage_model.model."))
        return {"clip_h"};
    if (has("conditioner.embedders.0.model."))
        return {"clip_g"};
    if (!layout.rules.text.empty() && layout.is_by_rule())
        return {"clip_l"};
    return {};
}

/// A text encoder as the family's rule wants it: quantised but for CLIP, whose quantised layers no loader reads.
strewn text_encoder_of(const support::runtime_layout& layout, stet::strictness how)
{
    const auto encoders = encoders_of(layout);
    if (encoders.empty())
        return strewn("t5xxl.transformer.");
    return strewn(encoders, how == stet::strictness::as_comfyui);
}

void check_family(const support::runtime_layout& layout, stet::strictness how)
{
    const strewn              model("");
    const strewn              text = text_encoder_of(layout, how);
    const strewn              vae("decoder.");
    const stet::metadata_list of_model = model.metadata();
    const stet::metadata_list of_text = text.metadata();
    const stet::metadata_list of_vae = vae.metadata();
    const auto                first = compose(
        stet::full{.model = model.tensors(), .text_encoder = text.tensors(), .vae = vae.tensors()}, layout,
        {stet::metadata_view(of_model), stet::metadata_view(of_text), stet::metadata_view(of_vae),
                        stet::metadata_view()},
        how);
    INFO((first ? std::string() : stet::message(first.error())));
    CHECK(first);
    if (!first)
        return;
    CHECK(first->said.unplaced_layers.empty());
    read_file file{.content = first->file};
    auto      view = stet::read_checkpoint(support::as_bytes(file.content));
    CHECK(view);
    if (!view)
        return;
    file.view.emplace(*std::move(view));
    file.metadata = stet::carry::metadata_of(file.view->header());
    const auto apart = take_apart(file, layout);
    if (apart) {
        CHECK(meaning(apart->metadata.model) == meaning(of_model));
        CHECK(meaning(apart->metadata.text_encoder) == meaning(of_text));
        CHECK(meaning(apart->metadata.vae) == meaning(of_vae));
    }
    check_round_trip(file, layout, how);
}

support::case_array recorded_cases()
{
    using support::a_text, support::an_object, support::texts, support::data_shape;
    const auto paths =
        data_shape::object({{"model", a_text()}, {"text_encoder", a_text()}, {"vae", a_text()}});
    return {"checkpoints", data_shape::object({{"id", a_text()},
                                               {"family", a_text()},
                                               {"round_trip?", support::a_flag()},
                                               {"inputs?", paths},
                                               {"output?", a_text()},
                                               {"output_metadata_keys?", texts()},
                                               {"markers?", an_object()},
                                               {"carried?", an_object()},
                                               {"checkpoint?", a_text()},
                                               {"parts?", paths},
                                               {"unplaced_layers?", texts()},
                                               {"rule?", a_text()}})};
}

/// What a case needs to be checked; empty when it has that.
std::string_view missing(const support::json_value& recorded)
{
    constexpr std::array<std::string_view, 5> of_save{"inputs", "output", "output_metadata_keys", "markers",
                                                      "carried"};
    constexpr std::array<std::string_view, 3> of_round_trip{"checkpoint", "parts", "unplaced_layers"};
    const bool is_round_trip = recorded.at("round_trip").boolean().value_or(false);
    for (const std::string_view member : of_save) {
        if (!is_round_trip && recorded.find(member) == nullptr)
            return member;
    }
    for (const std::string_view member : of_round_trip) {
        if (is_round_trip && recorded.find(member) == nullptr)
            return member;
    }
    return "";
}

} // namespace

TEST_CASE("quantised layers keep their meaning when checkpoints are composed and taken apart")
{
    const auto data = support::read_cases(index_file, {recorded_cases()});
    if (!data)
        return;
    std::size_t run = 0;
    for (const support::json_value& recorded : data->at("checkpoints").items()) {
        INFO(recorded.at("id").text());
        if (const std::string_view lacking = missing(recorded); !lacking.empty()) {
            FAIL_CHECK(recorded.at("id").text() << " has no member '" << lacking << "'");
            continue;
        }
        ++run;
        if (recorded.at("round_trip").boolean().value_or(false))
            check_round_trip_case(recorded);
        else
            check_save(recorded);
    }
    support::report_cases("quantised/checkpoints", run);
}

TEST_CASE("quantised layers keep their meaning in every family")
{
    std::size_t run = 0;
    [&]<class... Family>(stet::family_list<Family...>) {
        const auto check_one = [&](const support::runtime_layout& layout) {
            INFO(layout.facts().name);
            check_family(layout, stet::strictness::strict);
            check_family(layout, stet::strictness::as_comfyui);
            ++run;
        };
        (check_one(support::runtime_layout(Family{})), ...);
    }(stet::families::all{});
    std::printf(
        "quantised/families: %zu families composed, taken apart and composed again, in both conducts\n", run);
    CHECK(run == stet::families::all::size);
}
