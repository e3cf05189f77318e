// SPDX-License-Identifier: MIT
// JSON texts before and after Python's json module read and wrote them, and texts that it refuses.
#include "support/json.hpp"
#include "support/recorded_cases.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace {

std::string redumped(std::string_view text)
{
    const auto made = stet::comfyui::redump_json(text);
    return made ? std::string(made->view()) : stet::message(made.error());
}

void check_case(const support::json_value& one)
{
    INFO(one.at("id").text());
    const std::string_view output = one.at("output").text();
    CHECK(redumped(one.at("input").text()) == output);
    // What Python has written it writes the same way again.
    CHECK(redumped(output) == output);
}

void check_rejected(const support::json_value& one)
{
    INFO(one.at("id").text());
    const std::string_view input = one.at("input").text();
    const auto             made = stet::comfyui::redump_json(input);
    CHECK_FALSE(made);
    if (!made) {
        const stet::errc code = made.error().code;
        CHECK((code == stet::errc::invalid_json || code == stet::errc::json_too_deep));
        CHECK(made.error().actual <= input.size());
    }
}

} // namespace

TEST_CASE("JSON texts are written anew as Python's json module writes them")
{
    using support::a_text;
    const auto rejected = support::data_shape::object({{"id", a_text()}, {"input", a_text()}});
    const auto dumped =
        support::data_shape::object({{"id", a_text()}, {"input", a_text()}, {"output", a_text()}});
    const auto data =
        support::read_cases("comfy/json_dumps.json", {{"cases", dumped}, {"rejected", rejected}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const support::json_value& one : data->at("cases").items()) {
        check_case(one);
        ++count;
    }
    for (const support::json_value& one : data->at("rejected").items()) {
        check_rejected(one);
        ++count;
    }
    support::report_cases("comfy/json_dumps", count);
}
