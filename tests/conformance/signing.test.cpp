// SPDX-License-Identifier: MIT
// Folders of files, and the statement that OpenSSF model signing makes of each.
#include "support/base64.hpp"
#include "support/recorded_cases.hpp"
#include "support/scratch_directory.hpp"

#include <stet/signing/statement.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

using support::json_value;

/// Writes a value so that two that mean the same are the same text: members by name, `ignore_paths` by text.
std::string canonical(const json_value& value, bool is_sorted = false)
{
    std::vector<std::string> parts;
    if (const auto* const members = value.members()) {
        for (const support::json_member& member : *members)
            parts.push_back('"' + member.key + "\":" + canonical(member.value, member.key == "ignore_paths"));
        std::sort(parts.begin(), parts.end());
    } else if (value.elements() != nullptr) {
        for (const json_value& element : value.items())
            parts.push_back(canonical(element));
        if (is_sorted)
            std::sort(parts.begin(), parts.end());
    } else if (value.string() != nullptr) {
        return '"' + *value.string() + '"';
    } else if (value.boolean()) {
        return *value.boolean() ? "true" : "false";
    } else {
        return value.integer() ? std::to_string(*value.integer()) : "null";
    }
    std::string text = value.members() != nullptr ? "{" : "[";
    for (const std::string& part : parts)
        text += part + ',';
    return text + (value.members() != nullptr ? '}' : ']');
}

} // namespace

TEST_CASE("a folder's statement is the one that model signing makes")
{
    const auto data =
        support::read_cases("beyond/signing.json",
                            {{"cases", support::data_shape::object({{"files", support::an_object()},
                                                                    {"listed", support::texts()},
                                                                    {"statement", support::an_object()}})}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& one : data->at("cases").items()) {
        CAPTURE(count);
        const support::scratch_directory here;
        here.make_folder("folder");
        for (const support::json_member& file : *one.at("files").members()) {
            const auto content = support::from_base64(file.value.text());
            REQUIRE(content);
            const std::string name = "folder/" + file.key;
            here.make_folder(name.substr(0, name.rfind('/')));
            here.put(name, *content);
        }
        const auto made = stet::signing::statement(here / "folder");
        REQUIRE(made);
        const auto statement = support::parse_json(*made);
        REQUIRE(statement);
        CHECK(canonical(*statement) == canonical(one.at("statement")));
        std::vector<std::string_view> listed;
        for (const json_value& resource : statement->at("predicate").at("resources").items())
            listed.push_back(resource.at("name").text());
        std::vector<std::string_view> wanted;
        for (const json_value& name : one.at("listed").items())
            wanted.push_back(name.text());
        CHECK(listed == wanted);
        ++count;
    }
    support::report_cases("beyond/signing", count);
}
