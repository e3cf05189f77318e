// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/stored_file.hpp"

#include <stet/edit/edit_options.hpp>
#include <stet/read/checkpoint_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>

using stet::edit::find_slot;
using support::stored_file;

namespace {

/// Why a header of this text has no such slot, or "none".
std::string reason(std::string_view text, std::string_view key = stet::edit::c2pa_key)
{
    const std::string file = stored_file(text);
    const auto        read = stet::read_checkpoint(std::as_bytes(std::span(file)));
    REQUIRE(read);
    const auto slot = find_slot(read->header(), key);
    if (slot)
        return "none";
    CHECK(slot.error().code == stet::errc::missing_slot);
    CHECK(slot.error().subject() == key);
    return std::string(slot.error().first_party());
}

} // namespace

TEST_CASE("a slot's text is as long as the Base64 of what will be filled in")
{
    CHECK(stet::edit::slot_text(0).empty());
    CHECK(stet::edit::slot_text(1) == "AAAA");
    CHECK(stet::edit::slot_text(3) == "AAAA");
    CHECK(stet::edit::slot_text(4) == "AAAAAAAA");
    CHECK(stet::edit::slot_text(1000).size() == 1336);
}

TEST_CASE("a slot is the bytes between the quotes of its value, wherever the same text stands besides")
{
    const std::array<std::string_view, 5> headers{
        R"({"__metadata__":{"c2pa:manifest":"AAAA"}})",
        R"({"__metadata__" : { "c2pa:manifest" :  "AAAA" } })",
        R"({"__metadata__":{"a":"c2pa:manifest","b":"\"c2pa:manifest\":\"x\"","c2pa:manifest":"AAAA"}})",
        R"({"__metadata__":{"x\"c2pa:manifest":"BBBBBB","c2pa:manifest":"AAAA","xc2pa:manifest":"B"}})",
        R"({"c2pa:manifest":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"__metadata__":{"c2pa:manifest":"AAAA"}})"};
    for (const std::string_view header : headers) {
        CAPTURE(header);
        const std::string file = stored_file(header);
        const auto        read = stet::read_checkpoint(std::as_bytes(std::span(file)));
        REQUIRE(read);
        const auto slot = find_slot(read->header());
        REQUIRE(slot);
        CHECK(slot->length == 4);
        CHECK(slot->end() == slot->start + 4);
        CHECK(file.substr(slot->start - 1, 6) == "\"AAAA\"");
    }
}

TEST_CASE("what the bytes of a slot cannot be told of is no slot")
{
    CHECK(reason("{}") == "the file has no such key");
    CHECK(reason(R"({"__metadata__":{"c2pa":"AAAA"}})") == "the file has no such key");
    CHECK(reason(R"({"__metadata__":{"c2pa\u003amanifest":"AAAA"}})") == "its key is written with escapes");
    CHECK(reason(R"({"__metadata__":{"c2pa:manifest":"AA\u0041A"}})") ==
          "its value is empty or written with escapes");
    CHECK(reason(R"({"__metadata__":{"c2pa:manifest":""}})") == "its value is empty or written with escapes");
    CHECK(reason(R"({"__metadata__":{"c2pa:manifest":"A","c2pa:manifest":"B"}})") ==
          "its key is there twice");
    CHECK(reason(R"({"__metadata__":{"key":"AAAA"}})", "key") == "none");
}
