// SPDX-License-Identifier: MIT
// Whole saves recorded from ComfyUI's nodes: path, metadata, and every tensor's name, dtype, shape and bytes.
#include "support/comfy_case.hpp"
#include "support/parsed_checkpoint.hpp"
#include "support/recorded_cases.hpp"
#include "support/sha256.hpp"
#include "support/test_data.hpp"
#include "support/unnamed_family.hpp"

#include <stet/comfyui/comfyui_name.hpp>
#include <stet/comfyui/comfyui_target.hpp>
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
    const bool has_both = !sampling.at("sigma_max").is_null() && !sampling.at("sigma_min").is_null();
    if (has_both && is_continuous && (target == "v_prediction" || target == "edm")) {
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
    const auto place = stet::comfyui::resolve(
        {.prefix = prefix,
         .output_dir = output_dir,
         .fields = {.time = stet::calendar_time{time[0], time[1], time[2], time[3], time[4], time[5]}},
         .paths = stet::path_style::posix});
    if (!place)
        return std::nullopt;
    stet::comfyui::counter numbers(*place);
    for (const json_value& entry : given.at("entries").items())
        numbers.see(support::parse_entry(entry).value());
    const stet::detail::python_int number = numbers.next();
    const std::filesystem::path    full =
        std::filesystem::path(place->folder) /
        stet::comfyui::file_name(place->stem, number, stet::checkpoint_extension);
    return resolved_name{.path = full.lexically_normal().lexically_relative(output_dir).string(),
                         .stem = place->stem,
                         .number = number.text()};
}

stet::result<stet::metadata_list> recorded_metadata(const json_value& given, std::string_view architecture,
                                                    const resolved_name&    name,
                                                    const stet::prediction& predicts)
{
    std::vector<stet::comfyui::json_entry> extra;
    for (const json_value& pair : given.at("extra_pnginfo").items())
        extra.push_back({.key = pair.items().front().text(), .json = pair.items().back().text()});
    stet::comfyui::workflow graph{.extra = extra};
    if (given.at("prompt").string() != nullptr)
        graph.prompt = given.at("prompt").text();
    const stet::claimed_name saved{.stem = name.stem,
                                   .digits = name.number,
                                   .model = {.architecture = architecture, .prediction = predicts}};
    if (given.at("disable_metadata").boolean().value_or(false))
        return stet::comfyui::make_metadata(saved);
    return stet::comfyui::make_metadata(saved, graph);
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
    for (const support::golden_tensor& tensor : list.value()) {
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
    CHECK(parsed);
    if (!parsed)
        return;
    std::map<std::string, std::string> tensors;
    for (const support::parsed_tensor& tensor : parsed->tensors)
        tensors.emplace(tensor.name, described(tensor.dtype, {tensor.shape.begin(), tensor.shape.end()},
                                               support::sha256(tensor.bytes)));
    CHECK(tensors == recorded_tensors(output));

    std::map<std::string, std::string> expected;
    for (const support::json_member& entry : *output.at("metadata").members())
        expected.emplace(entry.key, entry.value.text());
    CHECK(parsed->metadata);
    if (parsed->metadata)
        CHECK(std::map<std::string, std::string>(parsed->metadata->begin(), parsed->metadata->end()) ==
              expected);
}

/// Where strict conduct refuses what ComfyUI does.
bool is_strictness(stet::errc code)
{
    using stet::errc;
    return code == errc::duplicate_name || code == errc::name_collision || code == errc::foreign_key ||
           code == errc::foreign_prefix || code == errc::empty_component ||
           code == errc::contradictory_prediction || code == errc::stack_mismatch ||
           code == errc::quantised_companion || code == errc::position_ids_mismatch;
}

/// The file that comes of the dicts, or the error.
template <class Family>
stet::result<std::string> saved_file(const support::case_dicts& dicts, const stet::sink_options& options)
{
    std::string       file;
    stet::append_sink out(file);
    const auto        saved = stet::save(dicts.parts(), support::as_nodes_use<Family>{}, out, options);
    return saved ? stet::result<std::string>(std::move(file)) : stet::result<std::string>(saved.error());
}

/// Strict conduct gives the same file, or refuses for a stated reason.
template <class Family>
void check_strict(const support::case_dicts& dicts, const stet::metadata_view& metadata,
                  const stet::prediction& predicts, const std::string& file)
{
    const auto strictly = saved_file<Family>(dicts, {.metadata = metadata, .prediction = predicts});
    // A user's patch of the sampling can take away the sigmas that strict conduct knows the family has.
    const bool gains_sigmas = stet::detail::has_sigmas(predicts.type) && !predicts.sigmas;
    if (!strictly)
        CHECK(is_strictness(strictly.error().code));
    else if (!gains_sigmas)
        CHECK((*strictly == file));
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
    INFO((metadata ? std::string() : stet::message(metadata.error())));
    CHECK(metadata);
    if (!metadata)
        return;
    stet::sink_options as_comfyui{.metadata = *metadata,
                                  .prediction = predicts,
                                  .strictness = stet::strictness::as_comfyui,
                                  .duplicates = stet::duplicate_names::later_wins,
                                  .empty = stet::empty_components::allow};
    const auto         file = saved_file<Family>(dicts, as_comfyui);
    if (!refused.empty()) {
        CHECK((file ? "saved" : stet::name(file.error().code)) == refused);
        return;
    }
    INFO((file ? std::string() : stet::message(file.error())));
    CHECK(file);
    if (!file)
        return;
    CHECK(name->path == given.at("output").at("path").text());
    check_file(*file, given.at("output"));
    check_strict<Family>(dicts, *metadata, predicts, *file);

    // Who changes nothing about the sampling need not say what the family predicts, but for zero terminal SNR.
    if (Family::type.is_fixed && !predicts.zero_terminal_snr &&
        !given.at("sampling").at("replaced_by_user").boolean().value_or(true))
    {
        as_comfyui.prediction = std::nullopt;
        const auto untold = saved_file<Family>(dicts, as_comfyui);
        CHECK((untold && *untold == *file));
    }
}

} // namespace

TEST_CASE("a checkpoint is the one ComfyUI's nodes would have written")
{
    const auto data = support::read_cases("comfy/checkpoints.json", {{"cases", support::checkpoint_case()}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& given : data->at("cases").items()) {
        INFO(given.at("id").text());
        const bool is_whole = given.find("output") != nullptr || !given.at("error").text().empty();
        if (!is_whole)
            FAIL_CHECK("the case has neither output nor error");
        support::with_family(given.at("family").text(), [&]<class Family>(Family) {
            check_case<support::unnamed<Family>>(given, Family::architecture);
        });
        ++count;
    }
    support::report_cases("comfy/checkpoints", count);
}
