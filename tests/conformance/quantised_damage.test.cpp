// SPDX-License-Identifier: MIT
// Damaged checkpoints and what is to be said of them; sound ones, of which no error is.
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"

#include <stet/quantised/verify.hpp>
#include <stet/read/checkpoint_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace {

using stet::quantised::finding;

constexpr const char* index_file = "quantised/index.json";

std::string said(const stet::quantised::findings& all)
{
    std::string text;
    for (const finding& one : all)
        text += stet::quantised::message(one) + "\n";
    return text;
}

/// Calls `look` with what is found in a file of the data.
template <class Look>
void with_findings(std::string_view file, Look look)
{
    const auto content = support::file_content(support::test_data("quantised") / file);
    REQUIRE(content);
    const auto read = stet::read_checkpoint(std::as_bytes(std::span(*content)));
    REQUIRE(read);
    const auto found = stet::quantised::verify(*read);
    REQUIRE(found);
    INFO(file << "\n" << said(*found));
    look(*found);
}

bool reports(const stet::quantised::findings& all, const support::json_value& wanted)
{
    return std::any_of(all.begin(), all.end(), [&](const finding& one) {
        return name(one.rule) == wanted.at("rule").text() &&
               name(one.severity) == wanted.at("level").text() && one.layer == wanted.at("layer").text();
    });
}

/// Of level info, about the header, or about a layer that a finding of the case is about.
bool is_allowed(const finding& one, const support::json_value& damage)
{
    if (one.severity == stet::quantised::severity::info || one.layer.empty())
        return true;
    const auto wanted = damage.at("findings").items();
    return std::any_of(wanted.begin(), wanted.end(), [&](const support::json_value& other) {
        return one.layer == other.at("layer").text();
    });
}

void check_damage(const support::json_value& damage)
{
    with_findings(damage.at("file").text(), [&](const stet::quantised::findings& found) {
        for (const support::json_value& wanted : damage.at("findings").items()) {
            INFO(wanted.at("rule").text()
                 << " " << wanted.at("level").text() << " " << wanted.at("layer").text());
            CHECK(reports(found, wanted));
        }
        for (const finding& one : found) {
            INFO(stet::quantised::message(one));
            CHECK(is_allowed(one, damage));
            CHECK_FALSE(one.expected.empty());
        }
        const std::string_view tensor = damage.at("tensor").text();
        CHECK((tensor.empty() || std::any_of(found.begin(), found.end(),
                                             [&](const finding& one) { return one.tensor == tensor; })));
    });
}

/// Exactly the errors of these rules, each at least once.
void check_errors(std::string_view file, const std::set<std::string_view>& rules)
{
    with_findings(file, [&](const stet::quantised::findings& found) {
        std::set<std::string_view> errors;
        for (const finding& one : found) {
            if (one.severity == stet::quantised::severity::error)
                errors.insert(name(one.rule));
        }
        CHECK(errors == rules);
    });
}

std::optional<support::json_value> read_index()
{
    using support::a_text;
    using support::data_shape;
    const auto finding = data_shape::object({{"rule", a_text()}, {"level", a_text()}, {"layer", a_text()}});
    const auto damage = data_shape::object({{"id", a_text()},
                                            {"file", a_text()},
                                            {"tensor", a_text().or_null()},
                                            {"findings", data_shape::list_of(finding)}});
    const auto sound =
        data_shape::object({{"id", a_text()}, {"file", a_text()}, {"errors", support::texts()}});
    return support::read_cases(
        index_file, {{"damage", damage},
                     {"dequantise", sound},
                     {"checkpoints", data_shape::object({{"id", a_text()}, {"rule?", a_text()}})}});
}

} // namespace

TEST_CASE("what is wrong with a quantised checkpoint is named by rule, level and layer")
{
    const auto index = read_index();
    if (!index)
        return;
    std::size_t cases = 0;
    for (const support::json_value& damage : index->at("damage").items()) {
        INFO(damage.at("id").text());
        check_damage(damage);
        ++cases;
    }
    support::report_cases("quantised/damage", cases);
}

TEST_CASE("a sound quantised checkpoint has no error")
{
    if (!support::has_test_data(index_file))
        return;
    const auto index = read_index();
    if (!index)
        return;
    std::size_t files = 0;
    for (const support::json_value& one : index->at("dequantise").items()) {
        std::set<std::string_view> rules;
        for (const support::json_value& rule : one.at("errors").items())
            rules.insert(rule.text());
        check_errors(one.at("file").text(), rules);
        ++files;
    }
    for (const support::json_value& one : index->at("checkpoints").items()) {
        std::set<std::string_view> rules;
        if (!one.at("rule").text().empty())
            rules.insert(one.at("rule").text());
        if (!one.at("unplaced_layers").items().empty())
            rules.insert("metadata-layer-unknown");
        const std::string_view file = one.at("output").text();
        check_errors(file.empty() ? one.at("checkpoint").text() : file, rules);
        ++files;
        for (const support::json_value* const parts : {one.find("inputs"), one.find("parts")}) {
            for (const std::string_view role : {"model", "vae", "text_encoder"}) {
                const std::string_view part = parts == nullptr ? "" : parts->at(role).text();
                if (part.empty() || (role == "text_encoder" && !rules.empty()))
                    continue; // encoders of CLIP are not read, alone or in a checkpoint
                check_errors(part, {});
                ++files;
            }
        }
    }
    support::report_cases("quantised: files without an error", files);
}
