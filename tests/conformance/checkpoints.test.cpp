// SPDX-License-Identifier: MIT
// Whole saves recorded from ComfyUI's nodes: path, metadata, and every tensor's name, dtype, shape and bytes.
#include "support/comfy_case.hpp"
#include "support/parsed_checkpoint.hpp"
#include "support/sha256.hpp"
#include "support/test_data.hpp"
#include "support/unnamed_family.hpp"

#include <stet/comfyui/comfyui_counter.hpp>
#include <stet/comfyui/comfyui_metadata.hpp>
#include <stet/comfyui/comfyui_name.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::json_value;

/// The marker tensors follow from the model type and from the sampling object in use when the model was saved.
stet::prediction recorded_prediction(const json_value& given)
{
    const json_value& sampling = given.at("sampling");
    stet::prediction  predicts{.type = support::model_type_named(given.at("model_type").text()).value()};
    predicts.zero_terminal_snr = sampling.at("zsnr").boolean().value_or(false);
    const std::string_view kind = sampling.at("kind").text();
    const std::string_view target = sampling.at("prediction").text();
    const bool is_continuous = kind == "continuous_edm" || kind == "continuous_v" || kind == "cosmos_rflow";
    if (is_continuous && (target == "v_prediction" || target == "edm")) {
        const auto bits = [&](std::string_view key) {
            const std::string text(sampling.at(key).at("f32").text());
            return std::bit_cast<float>(static_cast<std::uint32_t>(std::stoul(text, nullptr, 16)));
        };
        predicts.sigmas = {.largest = bits("sigma_max"), .smallest = bits("sigma_min")};
    }
    return predicts;
}

/// Path and number as ComfyUI resolves them from the names in the folder.
struct resolved_name {
    std::string path{}; ///< relative to the output folder
    std::string stem{};
    std::string number{};
};

std::optional<resolved_name> resolve(const json_value& given)
{
    const std::string       prefix(given.at("filename_prefix").text());
    const std::string       output_dir(given.at("output_dir").text());
    std::array<unsigned, 6> time{};
    for (std::size_t i = 0; const json_value& part : given.at("time").items())
        time.at(i++) = static_cast<unsigned>(part.integer().value_or(0));
    const auto place = stet::resolve_comfyui(
        {.prefix = prefix,
         .output_dir = output_dir,
         .fields = {.time = stet::calendar_time{time[0], time[1], time[2], time[3], time[4], time[5]}},
         .paths = stet::path_style::posix});
    if (!place)
        return std::nullopt;
    stet::comfyui_counter numbers(*place);
    for (const json_value& entry : given.at("entries").items())
        numbers.see(entry.text());
    const stet::detail::python_int number = numbers.next();
    const std::filesystem::path    full =
        std::filesystem::path(place->folder) /
        stet::comfyui_file_name(place->stem, number, stet::checkpoint_extension);
    return resolved_name{.path = full.lexically_normal().lexically_relative(output_dir).string(),
                         .stem = place->stem,
                         .number = number.text()};
}

stet::result<stet::metadata_list> recorded_metadata(const json_value& given, std::string_view architecture,
                                                    const resolved_name&    name,
                                                    const stet::prediction& predicts)
{
    std::vector<stet::json_entry> extra;
    for (const json_value& pair : given.at("extra_pnginfo").items())
        extra.push_back({.key = pair.items().front().text(), .json = pair.items().back().text()});
    stet::workflow graph{.extra = extra};
    if (given.at("prompt").string() != nullptr)
        graph.prompt = given.at("prompt").text();
    stet::comfyui_metadata about{
        .architecture = architecture, .prediction = predicts.type, .stem = name.stem, .digits = name.number};
    if (!given.at("disable_metadata").boolean().value_or(false))
        about.graph = graph;
    return stet::make_comfyui_metadata(about);
}

/// What must stand in the file for each recorded tensor.
std::string described(std::string_view dtype, const std::vector<std::uint64_t>& shape,
                      const std::string& digest)
{
    std::string text(dtype);
    for (const std::uint64_t axis : shape)
        text += ' ' + std::to_string(axis);
    return text + ": " + digest;
}

std::map<std::string, std::string> recorded_tensors(const json_value& output)
{
    std::map<std::string, std::string> tensors;
    const auto                         list = support::parse_golden_dict(output.find("tensors"));
    REQUIRE(list);
    for (const support::golden_tensor& tensor : *list) {
        const std::string_view bytes(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
        tensors.emplace(tensor.name,
                        described(name(tensor.type), tensor.shape,
                                  tensor.sha256.empty() ? support::sha256(bytes) : tensor.sha256));
    }
    return tensors;
}

void check_file(const std::string& file, const json_value& output)
{
    const auto parsed = support::parse_checkpoint(file);
    REQUIRE(parsed);
    std::map<std::string, std::string> tensors;
    for (const support::parsed_tensor& tensor : parsed->tensors)
        tensors.emplace(tensor.name, described(tensor.dtype, {tensor.shape.begin(), tensor.shape.end()},
                                               support::sha256(tensor.bytes)));
    CHECK(tensors == recorded_tensors(output));

    std::map<std::string, std::string> expected;
    for (const support::json_member& entry : *output.at("metadata").members())
        expected.emplace(entry.key, entry.value.text());
    REQUIRE(parsed->metadata);
    CHECK(std::map<std::string, std::string>(parsed->metadata->begin(), parsed->metadata->end()) == expected);
}

/// Where strict conduct refuses what ComfyUI does.
bool is_strictness(stet::errc code)
{
    using stet::errc;
    return code == errc::duplicate_name || code == errc::name_collision || code == errc::foreign_key ||
           code == errc::empty_component || code == errc::contradictory_prediction ||
           code == errc::stack_mismatch || code == errc::quantised_companion ||
           code == errc::position_ids_mismatch;
}

template <class Family>
void check_case(const json_value& given, std::string_view architecture)
{
    const support::case_dicts dicts = support::parse_case_dicts(given.at("components"));
    const stet::prediction    predicts = recorded_prediction(given);
    const std::string_view    refused = given.at("error").text();
    const auto                name = resolve(given);
    CHECK(name.has_value() == (refused != "outside"));
    if (!name)
        return;
    const auto metadata = recorded_metadata(given, architecture, *name, predicts);
    REQUIRE(metadata);

    std::string       file;
    stet::append_sink out(file);
    const auto        saved = stet::save(dicts.parts(), support::as_nodes_use<Family>{}, out,
                                         {.metadata = *metadata,
                                          .prediction = predicts,
                                          .strictness = stet::strictness::as_comfyui,
                                          .duplicates = stet::duplicate_names::later_wins,
                                          .empty = stet::empty_components::allow});
    if (!refused.empty()) {
        REQUIRE_FALSE(saved);
        CHECK(stet::name(saved.error().code) == refused);
        return;
    }
    INFO((saved ? std::string() : stet::message(saved.error())));
    REQUIRE(saved);
    CHECK(name->path == given.at("output").at("path").text());
    check_file(file, given.at("output"));

    std::string       strict_file;
    stet::append_sink strict_out(strict_file);
    const auto        strictly = stet::save(dicts.parts(), support::as_nodes_use<Family>{}, strict_out,
                                            {.metadata = *metadata, .prediction = predicts});
    if (strictly)
        CHECK(strict_file == file);
    else
        CHECK(is_strictness(strictly.error().code));
}

} // namespace

TEST_CASE("a checkpoint is the one ComfyUI's nodes would have written")
{
    if (!support::found_test_data("comfy/checkpoints.json"))
        return;
    const auto text = support::file_content(support::test_data("comfy/checkpoints.json"));
    REQUIRE(text);
    const auto data = support::parse_json(*text);
    REQUIRE(data);
    std::size_t count = 0;
    for (const json_value& given : data->at("cases").items()) {
        INFO(given.at("id").text());
        CHECK(stet::visit_family(given.at("family").text(), [&]<class Family>(Family) {
            check_case<support::unnamed<Family>>(given, Family::architecture);
        }));
        ++count;
    }
    support::report_cases("comfy/checkpoints", count);
}
