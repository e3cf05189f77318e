// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/json_string.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::escape_json;
using stet::detail::inspect_json_string;

namespace {

std::string escaped(std::string_view text)
{
    std::string all;
    escape_json(text, [&](std::string_view piece) { all += piece; });
    return all;
}

constexpr std::size_t pieces_of(std::string_view text)
{
    std::size_t count = 0;
    escape_json(text, [&](std::string_view) { ++count; });
    return count;
}

} // namespace

static_assert(pieces_of("") == 0);
static_assert(pieces_of("a plain text") == 1);
static_assert(pieces_of("two \"three") == 3);
static_assert(pieces_of("\"\"") == 2);

TEST_CASE("every character below U+0080 is escaped as the reference writer does")
{
    for (int code = 0; code < 0x80; ++code) {
        const std::string text(1, static_cast<char>(code));
        std::string       expected = text;
        switch (code) {
        case '"':
            expected = "\\\"";
            break;
        case '\\':
            expected = "\\\\";
            break;
        case 0x08:
            expected = "\\b";
            break;
        case 0x09:
            expected = "\\t";
            break;
        case 0x0A:
            expected = "\\n";
            break;
        case 0x0C:
            expected = "\\f";
            break;
        case 0x0D:
            expected = "\\r";
            break;
        default:
            if (code < 0x20) {
                constexpr std::string_view hex = "0123456789abcdef";
                expected = "\\u00";
                expected += hex[static_cast<std::size_t>(code / 16)];
                expected += hex[static_cast<std::size_t>(code % 16)];
            }
        }
        CHECK(escaped(text) == expected);
        CHECK(escaped("before" + text + "after") == "before" + expected + "after");
        CHECK(inspect_json_string(text).well_formed);
        CHECK(inspect_json_string(text).escaped_size == expected.size());
    }
}

TEST_CASE("characters from U+0080 on, line separators included, are written as they are")
{
    constexpr std::string_view text = "\xC2\x80 \xE2\x80\xA8 \xE2\x80\xA9 \xF0\x9F\x98\x80 /<>&'";

    CHECK(escaped(text) == text);
    CHECK(inspect_json_string(text).well_formed);
    CHECK(inspect_json_string(text).escaped_size == text.size());
}

TEST_CASE("a text in need of no escape is handed on where it lies")
{
    constexpr std::string_view    text = "first_stage_model.decoder.conv_in.weight";
    std::vector<std::string_view> pieces;
    escape_json(text, [&](std::string_view piece) { pieces.push_back(piece); });

    REQUIRE(pieces.size() == 1);
    CHECK(pieces[0].data() == text.data());
    CHECK(pieces[0].size() == text.size());
}

TEST_CASE("a text is well-formed exactly if it is UTF-8")
{
    CHECK(inspect_json_string("").well_formed);
    CHECK(inspect_json_string("a name \xC3\xA9").well_formed);
    CHECK_FALSE(inspect_json_string("name \xFF").well_formed);
    CHECK_FALSE(inspect_json_string("a name of some length, cut \xE2\x82").well_formed);
}

TEST_CASE("a character is looked at wherever in the text it stands")
{
    for (std::size_t size = 1; size <= 20; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            int wrong = 0;
            for (int code = 0; code < 256; ++code) {
                std::string text(size, 'a');
                text[at] = static_cast<char>(code);
                const auto facts = inspect_json_string(text);
                const bool well_formed = code < 0x80; // the letter after it continues no sequence
                if (facts.well_formed != well_formed)
                    ++wrong;
                if (well_formed && facts.escaped_size != escaped(text).size())
                    ++wrong;
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("the size of an escaped text is known before it is written")
{
    CHECK(inspect_json_string("").escaped_size == 0);
    CHECK(inspect_json_string("a\"b").escaped_size == 4);
    CHECK(inspect_json_string("\x01").escaped_size == 6);
    for (const std::string_view text :
         {std::string_view("\"quoted\" and \\"), std::string_view("\0nul\x1F\x7F", 6),
          std::string_view("\r\n\t\b\f"), std::string_view("\xE6\xB8\x85\x01\xC3\xA9")})
        CHECK(inspect_json_string(text).escaped_size == escaped(text).size());
}

TEST_CASE("a printable run is ASCII without quotes, backslashes and DEL, wherever it ends")
{
    for (std::size_t before = 0; before < 20; ++before) {
        const std::string run(before, '~');
        CHECK(stet::detail::printable_run(run) == before);
        for (const char end : {'"', '\\', '\n', '\x7F', '\x80'})
            CHECK(stet::detail::printable_run(run + end + "abcdefghi") == before);
    }
}
