// SPDX-License-Identifier: MIT
// Headers in every form that JSON allows, and what the reference says of them. Those it takes are edited into one form.
#include "support/base64.hpp"
#include "support/recorded_cases.hpp"
#include "support/scratch_directory.hpp"

#include <stet/edit/edit.hpp>
#include <stet/read/checkpoint_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace {

using support::json_value;

support::data_shape a_verdict()
{
    return {"'accept' or 'refuse: ' and why", [](const json_value& value) {
                const std::string_view text = value.text();
                return text == "accept" || (text.starts_with("refuse: ") && text.size() > 8);
            }};
}

/// A file of any accepted form gets the one form that every reader takes: '{' first, spaces last, aligned data.
void check_edited(const std::string& file)
{
    const support::scratch_directory here(support::quick_place());
    here.put("x", file);
    const auto before = stet::read_checkpoint(std::as_bytes(std::span(file)));
    REQUIRE(before);

    const auto edited = stet::edit::apply(here / "x", {.set = {{"title", "t"}}});

    REQUIRE(edited);
    const std::string now = here.content("x");
    const auto        after = stet::read_checkpoint(std::as_bytes(std::span(now)), {.strict = true});
    REQUIRE(after);
    CHECK(after->header().text().starts_with('{'));
    CHECK(after->header().metadata("title") == "t");
    CHECK(after->header().size() == before->header().size());
    CHECK(now.substr(after->header().data_begin()) == file.substr(before->header().data_begin()));
    if (edited->has_moved && before->header().data_begin() % 8 != 0)
        CHECK(after->header().data_begin() % 8 == 0);
    if (!edited->has_moved)
        CHECK(after->header().data_begin() == before->header().data_begin());
    const std::string_view text = after->header().text();
    CHECK(text.size() - text.find_last_not_of(' ') - 1 == edited->room);
}

} // namespace

TEST_CASE("a header in any form is read or refused as the reference does, and edited into one form")
{
    const auto data =
        support::read_cases("beyond/header_forms.json",
                            {{"cases", support::data_shape::object({{"name", support::a_text()},
                                                                    {"header_bytes", support::a_count()},
                                                                    {"file_base64", support::a_text()},
                                                                    {"reference_0.8.0", a_verdict()},
                                                                    {"reference_0.9.0rc1", a_verdict()}})}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& one : data->at("cases").items()) {
        CAPTURE(one.at("name").text());
        const auto file = support::from_base64(one.at("file_base64").text());
        REQUIRE(file);
        const auto    read = stet::read_checkpoint(std::as_bytes(std::span(*file)));
        std::uint64_t length = 0;
        for (std::size_t i = 0; i < 8; ++i)
            length |= std::uint64_t{static_cast<unsigned char>(file->at(i))} << (8 * i);
        CHECK(length == one.at("header_bytes").integer());
        CHECK(read.has_value() == (one.at("reference_0.8.0").text() == "accept"));
        CHECK(read.has_value() == (one.at("reference_0.9.0rc1").text() == "accept"));
        if (read) {
            CHECK(read->header().text().size() == length);
            check_edited(*file);
        } else {
            CHECK(read.error().code == stet::errc::invalid_header_json);
        }
        ++count;
    }
    support::report_cases("beyond/header_forms", count);
}
