// SPDX-License-Identifier: MIT
// JSON texts before and after Python's json module read and wrote them, and texts that it refuses.
#include "support/json.hpp"
#include "support/test_data.hpp"

#include <stet/comfyui/redump.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view part = "comfy/json_dumps";
constexpr std::string_view file = "comfy/json_dumps.json";

/// Null where it is no text.
const std::string* text_of(const support::json_value& one, std::string_view key)
{
    const support::json_value* const found = one.find(key);
    return found == nullptr ? nullptr : found->string();
}

std::string redumped(std::string_view text)
{
    const auto made = stet::redump_json(text);
    return made ? std::string(made->view()) : stet::message(made.error());
}

/// returns: how many there are
std::size_t check_cases(const support::json_value::array& cases)
{
    for (const support::json_value& one : cases) {
        const std::string* const id = text_of(one, "id");
        const std::string* const input = text_of(one, "input");
        const std::string* const output = text_of(one, "output");
        REQUIRE((id != nullptr && input != nullptr && output != nullptr));
        INFO(*id);
        CHECK(redumped(*input) == *output);
        // What Python has written it writes the same way again.
        CHECK(redumped(*output) == *output);
    }
    return cases.size();
}

/// returns: how many there are
std::size_t check_rejected(const support::json_value::array& rejected)
{
    for (const support::json_value& one : rejected) {
        const std::string* const id = text_of(one, "id");
        const std::string* const input = text_of(one, "input");
        REQUIRE((id != nullptr && input != nullptr));
        INFO(*id);
        const auto made = stet::redump_json(*input);
        CHECK_FALSE(made);
        if (!made) {
            const stet::errc code = made.error().code;
            CHECK((code == stet::errc::invalid_json || code == stet::errc::json_too_deep));
            CHECK(made.error().actual <= input->size());
        }
    }
    return rejected.size();
}

} // namespace

TEST_CASE("JSON texts are written anew as Python's json module writes them")
{
    if (!support::has_test_data(file)) {
        support::found_test_data(part);
        return;
    }
    const auto text = support::file_content(support::test_data(file));
    REQUIRE(text);
    const auto data = support::parse_json(*text);
    REQUIRE(data);
    std::size_t count = 0;
    for (const std::string_view array : {"cases", "rejected"}) {
        const support::json_value* const found = data->find(array);
        REQUIRE(found != nullptr);
        REQUIRE(found->elements() != nullptr);
        count += array == "cases" ? check_cases(*found->elements()) : check_rejected(*found->elements());
    }
    support::report_cases(part, count);
}
