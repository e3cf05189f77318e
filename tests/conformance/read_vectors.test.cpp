// SPDX-License-Identifier: MIT
// Files with the verdict of the reference implementation on each, and what it read from those it accepts.
#include "support/comfy_case.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view folder = "vectors/read";

struct error_class {
    std::string_view name; // of the reference
    stet::errc       code;
};

constexpr std::array<error_class, 10> classes{{
    {"HeaderTooSmall", stet::errc::header_too_small},
    {"HeaderTooLarge", stet::errc::header_length_too_large},
    {"InvalidHeaderLength", stet::errc::invalid_header_length},
    {"InvalidHeader", stet::errc::invalid_header_utf8},
    {"InvalidHeaderDeserialization", stet::errc::invalid_header_json},
    {"InvalidOffset", stet::errc::invalid_offset},
    {"ValidationOverflow", stet::errc::shape_overflow},
    {"MisalignedSlice", stet::errc::partial_byte},
    {"TensorInvalidInfo", stet::errc::tensor_info_mismatch},
    {"MetadataIncompleteBuffer", stet::errc::incomplete_data},
}};

/// The code for the reference's name of an error; none for a name that is not its.
stet::errc code_of(std::string_view name)
{
    for (const error_class& known : classes) {
        if (known.name == name)
            return known.code;
    }
    return {};
}

support::data_shape recorded_case()
{
    using support::a_count, support::a_text, support::data_shape;
    const auto is_verdict = [](const support::json_value& value) {
        return value.text() == "accept" || value.text() == "reject";
    };
    const auto tensor = data_shape::object({{"name", a_text()},
                                            {"dtype", a_text()},
                                            {"shape", support::counts()},
                                            {"data_offsets", data_shape::list_of(a_count(), 2)},
                                            {"fnv1a64", a_text()}});
    return data_shape::object({{"name", a_text()},
                               {"file", a_text()},
                               {"verdict", {"accept or reject", is_verdict}},
                               {"reason", a_text()},
                               {"header_len?", a_count()},
                               {"metadata?", support::an_object_of_texts().or_null()},
                               {"tensors?", data_shape::list_of(tensor)},
                               {"error?", a_text()},
                               {"forbidden_by?", support::texts()}});
}

/// What a verdict needs to be checked; empty when it has that.
std::string_view missing(const support::json_value& recorded)
{
    if (recorded.at("verdict").text() == "reject")
        return code_of(recorded.at("error").text()) == stet::errc{} ? "an error that the reference has" : "";
    for (const std::string_view member : {"header_len", "metadata", "tensors"}) {
        if (recorded.find(member) == nullptr)
            return member;
    }
    return "";
}

std::string fnv1a64(std::span<const std::byte> data)
{
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const std::byte one : data)
        hash = (hash ^ std::to_integer<std::uint64_t>(one)) * 0x100000001B3U;
    std::array<char, 17> digits{};
    static_cast<void>(
        std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash)));
    return digits.data();
}

std::vector<std::uint64_t> integers(const support::json_value& list)
{
    std::vector<std::uint64_t> found;
    for (const support::json_value& one : list.items())
        found.push_back(one.integer().value_or(0));
    return found;
}

using pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<pairs> recorded_metadata(const support::json_value& from)
{
    const auto* const members = from.at("metadata").members();
    if (members == nullptr)
        return std::nullopt;
    pairs found;
    for (const support::json_member& one : *members)
        found.emplace_back(one.key, one.value.text());
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<pairs> read_metadata(const stet::checkpoint_header& header)
{
    if (!header.has_metadata())
        return std::nullopt;
    pairs found;
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        found.emplace_back(header.metadata(i).key, header.metadata(i).value);
    std::sort(found.begin(), found.end());
    return found;
}

/// Name, dtype, shape, offsets and hash, as one line that can be compared and printed.
std::string line(std::string_view name, std::string_view type, const std::vector<std::uint64_t>& shape,
                 std::uint64_t begin, std::uint64_t end, std::string_view hash)
{
    std::string text(name);
    text.append(" ").append(type).append(" [");
    for (const std::uint64_t axis : shape)
        text.append(std::to_string(axis)).append(",");
    return text.append("] ")
        .append(std::to_string(begin))
        .append("-")
        .append(std::to_string(end))
        .append(" ")
        .append(hash);
}

void compare(const support::json_value& recorded, const stet::checkpoint_view& read)
{
    CHECK(recorded.at("header_len").integer() == read.header().text().size());
    CHECK(recorded_metadata(recorded) == read_metadata(read.header()));
    std::vector<std::string> expected;
    for (const support::json_value& tensor : recorded.at("tensors").items()) {
        const auto offsets = integers(tensor.at("data_offsets"));
        expected.push_back(line(tensor.at("name").text(), tensor.at("dtype").text(),
                                integers(tensor.at("shape")), offsets.at(0), offsets.at(1),
                                tensor.at("fnv1a64").text()));
    }
    std::vector<std::string> found;
    for (const stet::stored_tensor tensor : read.header()) {
        found.push_back(line(tensor.name, stet::name(tensor.type), {tensor.shape.begin(), tensor.shape.end()},
                             tensor.begin, tensor.end, fnv1a64(read.data(tensor))));
        const auto again = read.header().find(tensor.name);
        CHECK((again && again->begin == tensor.begin && again->name == tensor.name));
    }
    // Tensors of no bytes may share an offset; between them the order is not recorded.
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    CHECK(expected == found);
}

/// Keys are the names already.
struct same_names {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

void check_rejected(const support::json_value& recorded, stet::bytes file)
{
    const stet::errc expected = code_of(recorded.at("error").text());
    const auto       read = stet::read_checkpoint(file);
    const auto       strictly = stet::read_checkpoint(file, {.strict = true});
    CHECK_FALSE(read);
    CHECK_FALSE(strictly);
    if (!read && !strictly) {
        INFO(stet::message(read.error()));
        CHECK(stet::name(read.error().code) == stet::name(expected));
        CHECK(strictly.error().code == expected);
    }
}

void check_accepted(const support::json_value& recorded, stet::bytes file)
{
    const auto read = stet::read_checkpoint(file);
    INFO((read ? std::string() : stet::message(read.error())));
    CHECK(read);
    if (read)
        compare(recorded, *read);
    const auto strictly = stet::read_checkpoint(file, {.strict = true});
    INFO((strictly ? std::string() : stet::message(strictly.error())));
    CHECK(static_cast<bool>(strictly) == recorded.at("forbidden_by").items().empty());
    if (!strictly)
        CHECK(strictly.error().code == stet::errc::forbidden_by_format);
}

} // namespace

TEST_CASE("every file gets the reference's verdict and gives what the reference read from it")
{
    if (!support::found_test_data(folder))
        return;
    const std::string index_name = std::string(folder) + "/index.json";
    const auto        index = support::read_cases(index_name, {{"cases", recorded_case()}});
    if (!index) {
        FAIL_CHECK(index_name << " is what names the cases of " << folder);
        return;
    }
    std::size_t count = 0;
    for (const support::json_value& recorded : index->at("cases").items()) {
        INFO(recorded.at("name").text() << ": " << recorded.at("reason").text());
        ++count;
        if (const std::string_view member = missing(recorded); !member.empty()) {
            FAIL_CHECK(index_name << ": " << recorded.at("name").text() << " lacks " << member);
            continue;
        }
        const auto content =
            support::file_content(support::test_data(folder) / std::string(recorded.at("file").text()));
        if (!content) {
            FAIL_CHECK(folder << "/" << recorded.at("file").text() << " cannot be read");
            continue;
        }
        const auto file = std::as_bytes(std::span(*content));
        if (recorded.at("verdict").text() == "accept")
            check_accepted(recorded, file);
        else
            check_rejected(recorded, file);
    }
    if (index->find("count") != nullptr && index->at("count").integer() != count)
        FAIL_CHECK(index_name << " says 'count' of another number than its " << count << " cases");
    support::report_cases(folder, count);
}

TEST_CASE("every file that the reference wrote is read and written again the same")
{
    if (!support::has_test_data("vectors/write"))
        return;
    for (const auto& path : support::files_in(support::test_data("vectors/write"), ".safetensors")) {
        INFO(path.filename().string());
        const auto content = support::file_content(path);
        CHECK(content);
        if (!content)
            continue;
        const auto file = std::as_bytes(std::span(*content));
        const auto read = stet::read_checkpoint(file);
        INFO((read ? std::string() : stet::message(read.error())));
        CHECK(read);
        if (!read)
            continue;
        // The reference writes more than its format allows: a dimension of 2^48 and more, for one.
        const auto strictly = stet::read_checkpoint(file, {.strict = true});
        CHECK((strictly || strictly.error().code == stet::errc::forbidden_by_format));
        const auto& header = read->header();

        std::vector<std::pair<std::string_view, stet::tensor_view>> tensors;
        for (const stet::stored_tensor tensor : header)
            tensors.emplace_back(tensor.name, read->tensor(tensor));
        std::vector<std::pair<std::string_view, std::string_view>> metadata;
        for (std::size_t i = 0; i < header.metadata_size(); ++i)
            metadata.emplace_back(header.metadata(i).key, header.metadata(i).value);
        // Of two entries and more the reference chose an order by chance.
        if (metadata.size() > 1)
            continue;
        const stet::metadata_view given =
            header.has_metadata() ? stet::metadata_view(metadata) : stet::metadata_view();
        std::string       again;
        stet::append_sink destination(again);
        const auto        written = stet::save(stet::model_only{.model = tensors}, same_names{}, destination,
                                               {.metadata = given, .empty = stet::empty_components::allow});
        INFO((written ? std::string() : stet::message(written.error())));
        CHECK(written);
        CHECK((again == *content));
    }
}
