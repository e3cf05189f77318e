// SPDX-License-Identifier: MIT
// Names recorded from ComfyUI 0.8.0, resolved again from the same prefixes, folders and clocks.
#include "support/json.hpp"
#include "support/test_data.hpp"

#include <stet/comfyui/comfyui_counter.hpp>
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

struct recorded_case {
    std::string    id;
    recorded_input input;
    outcome        result;
};

// ---- reading ----------------------------------------------------------------------------------------------

std::optional<std::string> text_of(const json_value& object, std::string_view key)
{
    const json_value* const found = object.find(key);
    if (found == nullptr || found->string() == nullptr)
        return std::nullopt;
    return *found->string();
}

std::optional<std::string> bytes_of_hexadecimal(std::string_view digits)
{
    constexpr std::string_view known = "0123456789abcdef";
    std::string                bytes;
    if (digits.size() % 2 != 0)
        return std::nullopt;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const std::size_t high = known.find(digits[i]);
        const std::size_t low = known.find(digits[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos)
            return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

/// A name in a folder: text, or {"hex": bytes} where it is not UTF-8.
std::optional<std::string> parse_entry(const json_value& entry)
{
    if (entry.string() != nullptr)
        return *entry.string();
    const auto digits = text_of(entry, "hex");
    return digits ? bytes_of_hexadecimal(*digits) : std::nullopt;
}

/// Puts the values into the fields; false when one is not as it should be.
bool parse_fields(const json_value& from, stet::placeholders& fields)
{
    for (const auto& [key, size] : {std::pair{"width", &fields.width}, std::pair{"height", &fields.height}}) {
        if (const json_value* const given = from.find(key)) {
            if (!given->integer())
                return false;
            *size = *given->integer();
        }
    }
    const json_value* const time = from.find("time");
    if (time == nullptr)
        return true;
    std::array<unsigned, 6> parts{};
    if (time->elements() == nullptr || time->elements()->size() != parts.size())
        return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto part = (*time->elements())[i].integer();
        if (!part)
            return false;
        parts[i] = static_cast<unsigned>(*part);
    }
    fields.time = {.year = parts[0],
                   .month = parts[1],
                   .day = parts[2],
                   .hour = parts[3],
                   .minute = parts[4],
                   .second = parts[5]};
    return true;
}

std::optional<recorded_input> parse_input(const json_value& from)
{
    const auto              prefix = text_of(from, "prefix");
    const auto              output_dir = text_of(from, "output_dir");
    const json_value* const entries = from.find("entries");
    if (!prefix || !output_dir || entries == nullptr)
        return std::nullopt;
    recorded_input input{.prefix = *prefix,
                         .output_dir = *output_dir,
                         .listing_error = text_of(from, "listing_error").value_or(std::string()),
                         .folder_error = text_of(from, "mkdir_error").value_or(std::string())};
    if (!parse_fields(from, input.fields))
        return std::nullopt;
    if (entries->is_null())
        return input;
    if (entries->elements() == nullptr)
        return std::nullopt;
    input.entries.emplace();
    for (const json_value& entry : *entries->elements()) {
        auto name = parse_entry(entry);
        if (!name)
            return std::nullopt;
        input.entries->push_back(*std::move(name));
    }
    return input;
}

std::optional<outcome> parse_outcome(const json_value& from)
{
    if (auto error = text_of(from, "error"))
        return outcome{.error = *std::move(error)};
    outcome parsed;
    for (const auto& [key, field] :
         {std::pair{"folder", &parsed.folder}, std::pair{"stem", &parsed.stem},
          std::pair{"subfolder", &parsed.subfolder}, std::pair{"prefix_out", &parsed.prefix_out},
          std::pair{"file", &parsed.file}})
    {
        auto text = text_of(from, key);
        if (!text)
            return std::nullopt;
        *field = *std::move(text);
    }
    const json_value* const counter = from.find("counter");
    const json_value* const created = from.find("created");
    if (counter == nullptr || created == nullptr || !created->boolean())
        return std::nullopt;
    if (counter->string() == nullptr && !counter->signed_integer())
        return std::nullopt;
    parsed.counter =
        counter->string() != nullptr ? *counter->string() : std::to_string(*counter->signed_integer());
    parsed.created = *created->boolean();
    return parsed;
}

std::optional<recorded_case> parse_case(const json_value& from)
{
    auto                    id = text_of(from, "id");
    auto                    input = parse_input(from);
    const json_value* const given = from.find("result");
    auto                    result = given == nullptr ? std::nullopt : parse_outcome(*given);
    if (!id || !input || !result)
        return std::nullopt;
    return recorded_case{.id = *std::move(id), .input = *std::move(input), .result = *std::move(result)};
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
    const auto place = stet::resolve_comfyui({.prefix = given.prefix,
                                              .output_dir = given.output_dir,
                                              .fields = given.fields,
                                              .paths = stet::path_style::posix});
    if (!place)
        return {.error = error_of(place.error().code)};

    stet::comfyui_counter numbers(*place);
    bool                  created = false;
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
            .file = stet::comfyui_file_name(place->stem, number),
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
    if (!support::found_test_data("comfy/filenames.json"))
        return;
    const auto text = support::file_content(support::test_data("comfy/filenames.json"));
    REQUIRE(text);
    const auto root = support::parse_json(*text);
    REQUIRE(root);
    std::size_t count = 0;
    for (const std::string_view group : {"rows", "fuzz"}) {
        INFO(group);
        const json_value* const cases = root->find(group);
        REQUIRE(cases != nullptr);
        REQUIRE(cases->elements() != nullptr);
        for (const json_value& from : *cases->elements()) {
            const auto given = parse_case(from);
            INFO("case " << count << " of all");
            REQUIRE(given);
            INFO(given->id << ": prefix '" << given->input.prefix << "', output folder '"
                           << given->input.output_dir << "'");
            check_equal(resolve(given->input), given->result);
            ++count;
        }
    }
    support::report_cases("comfy/filenames", count);
}
