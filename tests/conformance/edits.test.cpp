// SPDX-License-Identifier: MIT
// Metadata that becomes another in a header with room, or that does not fit into it.
#include "support/base64.hpp"
#include "support/recorded_cases.hpp"
#include "support/scratch_directory.hpp"

#include <stet/edit/edit.hpp>
#include <stet/read/checkpoint_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

using support::json_value;
using text_map = std::map<std::string, std::string>;

support::data_shape a_file()
{
    return {"Base64", [](const json_value& value) {
                return value.string() != nullptr && support::from_base64(value.text()).has_value();
            }};
}

support::data_shape a_reserve()
{
    return {"'spaces' or 'spacer'",
            [](const json_value& value) { return value.text() == "spaces" || value.text() == "spacer"; }};
}

struct recorded_edit {
    std::string                old{};
    bool                       has_spacer = false;
    text_map                   metadata{};
    std::uint64_t              text_size = 0;
    std::uint64_t              header_size = 0;
    bool                       fits = false;
    std::optional<std::string> edited{};

    explicit recorded_edit(const json_value& one)
        : old(*support::from_base64(one.at("old_base64").text())),
          has_spacer(one.at("reserve").text() == "spacer"), text_size(*one.at("new_header_bytes").integer()),
          header_size(*one.at("room_bytes").integer()), fits(*one.at("fits").boolean())
    {
        for (const support::json_member& entry : *one.at("metadata").members())
            metadata[entry.key] = entry.value.text();
        if (one.at("new_base64").string() != nullptr)
            edited = support::from_base64(one.at("new_base64").text());
    }
};

/// Whether a file has these tensors and this metadata, and these data.
void check_content(const std::string& file, const recorded_edit& recorded)
{
    const auto before = stet::read_checkpoint(std::as_bytes(std::span(recorded.old)));
    const auto after = stet::read_checkpoint(std::as_bytes(std::span(file)), {.strict = true});
    REQUIRE(before);
    REQUIRE(after);
    text_map metadata;
    for (std::size_t i = 0; i < after->header().metadata_size(); ++i)
        metadata.emplace(after->header().metadata(i).key, after->header().metadata(i).value);
    CHECK(metadata == recorded.metadata);
    REQUIRE(after->header().size() == before->header().size());
    for (std::size_t i = 0; i < after->header().size(); ++i) {
        const stet::stored_tensor one = after->header()[i];
        const stet::stored_tensor other = before->header()[i];
        CHECK(one.name == other.name);
        CHECK(one.type == other.type);
        CHECK(std::equal(one.shape.begin(), one.shape.end(), other.shape.begin(), other.shape.end()));
        CHECK(one.begin == other.begin);
        CHECK(one.end == other.end);
    }
    CHECK(file.substr(after->header().data_begin()) == recorded.old.substr(before->header().data_begin()));
}

void check_edit(const recorded_edit& recorded, stet::edit::way way)
{
    const support::scratch_directory here(support::quick_place());
    here.put("x", recorded.old);
    const auto before = stet::read_checkpoint(std::as_bytes(std::span(recorded.old)));
    REQUIRE(before);
    CHECK(before->header().text().size() == recorded.header_size);
    CHECK(before->header().metadata("__spacer").has_value() == recorded.has_spacer);

    const auto edited = stet::edit::apply(here / "x", {.metadata = recorded.metadata},
                                          {.way = way, .durability = stet::durability::none});
    REQUIRE(edited);
    const std::string file = here.content("x");
    CHECK(edited->bytes == file.size());
    CHECK(edited->header_bytes - edited->room == recorded.text_size);
    CHECK(edited->dropped.empty());
    CHECK(edited->has_moved == !recorded.fits);
    if (recorded.fits) {
        CHECK(edited->header_bytes == recorded.header_size);
        CHECK(file == recorded.edited);
    } else {
        CHECK(edited->header_bytes > recorded.header_size);
        CHECK(edited->done == stet::edit::done::copied);
    }
    check_content(file, recorded);
    CHECK(here.entries() == std::vector<std::string>{"x"});
}

} // namespace

TEST_CASE("metadata is edited into the room of a header, or is found not to fit")
{
    const char* const relative = "beyond/edits";
    const auto        data = support::read_cases(
        "beyond/edits.json", {{"cases", support::data_shape::object({{"old_base64", a_file()},
                                                                            {"reserve", a_reserve()},
                                                                            {"metadata", support::an_object()},
                                                                            {"new_header_bytes", support::a_count()},
                                                                            {"room_bytes", support::a_count()},
                                                                            {"fits", support::a_flag()},
                                                                            {"new_base64", a_file().or_null()}})}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& one : data->at("cases").items()) {
        const recorded_edit recorded(one);
        CAPTURE(count, recorded.old);
        CHECK(recorded.fits == recorded.edited.has_value());
        CHECK(recorded.fits == (recorded.text_size <= recorded.header_size));
        check_edit(recorded, stet::edit::way::whole);
        check_edit(recorded, stet::edit::way::in_place);
        ++count;
    }
    support::report_cases(relative, count);
}
