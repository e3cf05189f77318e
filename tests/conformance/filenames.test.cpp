// SPDX-License-Identifier: MIT
// Names recorded from ComfyUI 0.8.0, resolved again from the same prefixes, folders and clocks.
#include "support/comfy_case.hpp"
#include "support/recorded_cases.hpp"

#include <stet/comfyui/comfyui_name.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::json_value;

/// What ComfyUI was given, and what the disk answered it.
struct recorded_input {
    std::string                             prefix;
    std::string                             output_dir;
    stet::placeholders                      fields{};
    std::optional<std::vector<std::string>> entries{};       ///< without them the folder is missing
    std::string                             listing_error{}; ///< "EACCES"
    std::string                             folder_error{};  ///< of creating it
};

/// What came of it; as text, so that both sides show in a report.
struct outcome {
    std::string error{};
    std::string folder{};
    std::string stem{};
    std::string counter{};
    std::string subfolder{};
    std::string prefix_out{};
    std::string file{};
    bool        created = false;
};

// ---- reading ----------------------------------------------------------------------------------------------

/// Empty where there is none.
std::string text(const json_value& object, std::string_view key)
{
    return std::string(object.at(key).text());
}

stet::placeholders parse_fields(const json_value& from)
{
    stet::placeholders fields;
    fields.width = from.at("width").integer().value_or(fields.width);
    fields.height = from.at("height").integer().value_or(fields.height);
    const auto time = from.at("time").items();
    const auto part = [&](std::size_t i) { return static_cast<unsigned>(time[i].integer().value_or(0)); };
    if (!time.empty())
        fields.time = {.year = part(0),
                       .month = part(1),
                       .day = part(2),
                       .hour = part(3),
                       .minute = part(4),
                       .second = part(5)};
    return fields;
}

recorded_input parse_input(const json_value& from)
{
    recorded_input input{.prefix = text(from, "prefix"),
                         .output_dir = text(from, "output_dir"),
                         .fields = parse_fields(from),
                         .listing_error = text(from, "listing_error"),
                         .folder_error = text(from, "mkdir_error")};
    if (from.at("entries").is_null())
        return input;
    input.entries.emplace();
    for (const json_value& entry : from.at("entries").items())
        input.entries->push_back(support::parse_entry(entry).value());
    return input;
}

outcome parse_outcome(const json_value& from)
{
    if (from.find("error") != nullptr)
        return {.error = text(from, "error")};
    const json_value& counter = from.at("counter");
    return {.folder = text(from, "folder"),
            .stem = text(from, "stem"),
            .counter = counter.string() != nullptr ? *counter.string()
                                                   : std::to_string(counter.signed_integer().value_or(0)),
            .subfolder = text(from, "subfolder"),
            .prefix_out = text(from, "prefix_out"),
            .file = text(from, "file"),
            .created = from.at("created").boolean().value_or(false)};
}

support::data_shape recorded_case()
{
    using support::a_count, support::a_text, support::data_shape;
    const auto is_result = [](const json_value& value) {
        const json_value& counter = value.at("counter");
        return value.at("error").string() != nullptr ||
               (value.at("folder").string() != nullptr && value.at("stem").string() != nullptr &&
                value.at("subfolder").string() != nullptr && value.at("prefix_out").string() != nullptr &&
                value.at("file").string() != nullptr && value.at("created").boolean() &&
                (counter.string() != nullptr || counter.signed_integer()));
    };
    return data_shape::object(
        {{"id", a_text()},
         {"prefix", a_text()},
         {"output_dir", a_text()},
         {"entries", support::folder_entries()},
         {"width?", a_count()},
         {"height?", a_count()},
         {"time?", data_shape::list_of(a_count(), 6)},
         {"listing_error?", a_text()},
         {"mkdir_error?", a_text()},
         {"result",
          {"an error, or folder, stem, counter, subfolder, prefix_out, file and created", is_result}}});
}

// ---- resolving --------------------------------------------------------------------------------------------

std::string error_of(stet::errc code)
{
    if (code == stet::errc::outside_root)
        return "outside";
    if (code == stet::errc::output_folder_not_absolute)
        return "output_dir_not_absolute";
    return std::string(stet::name(code));
}

/// What a failed call on the folder comes out as.
std::string error_of(std::string_view os_code)
{
    if (os_code == "ENOTDIR")
        return "not_a_directory";
    if (os_code == "EACCES" || os_code == "EPERM")
        return "permission_denied";
    if (os_code == "EEXIST")
        return "folder_name_taken";
    return std::string(os_code);
}

/// The rule, between a disk that answers as it was recorded to.
outcome resolve(const recorded_input& given)
{
    const auto place = stet::comfyui::resolve({.prefix = given.prefix,
                                               .output_dir = given.output_dir,
                                               .fields = given.fields,
                                               .paths = stet::path_style::posix});
    if (!place)
        return {.error = error_of(place.error().code)};

    stet::comfyui::counter numbers(*place);
    bool                   created = false;
    // Python refuses to list a path with a NUL; ComfyUI takes that for an empty folder.
    if (place->folder.find('\0') == std::string::npos) {
        const bool is_missing =
            !given.entries && (given.listing_error.empty() || given.listing_error == "ENOENT");
        if (!is_missing && !given.listing_error.empty())
            return {.error = error_of(given.listing_error)};
        if (is_missing && !given.folder_error.empty())
            return {.error = error_of(given.folder_error)};
        created = is_missing;
        if (given.entries) {
            for (const std::string& entry : *given.entries)
                numbers.see(entry);
        }
    }
    const stet::detail::python_int number = numbers.next();
    return {.folder = place->folder,
            .stem = place->stem,
            .counter = number.text(),
            .subfolder = place->subfolder,
            .prefix_out = place->prefix_out,
            .file = stet::comfyui::file_name(place->stem, number),
            .created = created};
}

void check_equal(const outcome& found, const outcome& expected)
{
    CHECK(found.error == expected.error);
    CHECK(found.folder == expected.folder);
    CHECK(found.stem == expected.stem);
    CHECK(found.counter == expected.counter);
    CHECK(found.subfolder == expected.subfolder);
    CHECK(found.prefix_out == expected.prefix_out);
    CHECK(found.file == expected.file);
    CHECK(found.created == expected.created);
}

} // namespace

TEST_CASE("file names are those ComfyUI gives")
{
    const auto data =
        support::read_cases("comfy/filenames.json", {{"rows", recorded_case()}, {"fuzz", recorded_case()}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const std::string_view group : {"rows", "fuzz"}) {
        for (const json_value& from : data->at(group).items()) {
            const recorded_input input = parse_input(from);
            INFO(from.at("id").text()
                 << ": prefix '" << input.prefix << "', output folder '" << input.output_dir << "'");
            check_equal(resolve(input), parse_outcome(from.at("result")));
            ++count;
        }
    }
    support::report_cases("comfy/filenames", count);
}
