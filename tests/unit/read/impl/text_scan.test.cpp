// SPDX-License-Identifier: MIT
#include <stet/read/impl/text_scan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::end_of_plain;
using stet::detail::utf8_prefix;

TEST_CASE("every byte is plain or not wherever it stands in a word")
{
    for (int code = 0; code < 256; ++code) {
        const bool is_plain = code >= 0x20 && code != '"' && code != '\\';
        for (std::size_t before = 0; before < 20; ++before) {
            for (const std::size_t after : {std::size_t{0}, std::size_t{3}, std::size_t{12}}) {
                std::string text(before, 'a');
                text += static_cast<char>(code);
                text.append(after, '\xC3');
                INFO(code << " behind " << before);
                CHECK(end_of_plain(text, 0) == (is_plain ? text.size() : before));
            }
        }
    }
}

TEST_CASE("nothing behind the text is looked at")
{
    const std::string_view longer = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (std::size_t size = 0; size < longer.size(); ++size) {
        for (std::size_t from = 0; from <= size; ++from)
            CHECK(end_of_plain(longer.substr(0, size), from) == size);
    }
}

TEST_CASE("the first of several special characters ends a plain run")
{
    CHECK(end_of_plain("abc\"\\\n", 0) == 3);
    CHECK(end_of_plain("abcdefgh\\\"......", 0) == 8);
    CHECK(end_of_plain("ab\"def\"hijk", 3) == 6);
    CHECK(end_of_plain("abc", 3) == 3);
    CHECK(end_of_plain("", 0) == 0);
}

TEST_CASE("the well-formed start of a text is as long as a byte-wise look says")
{
    const std::string_view pieces[] = {"a", "\xC3\xA9", "\xE6\xB8\x85", "\xF0\x9F\x98\x80"};
    for (std::size_t before = 0; before < 70; ++before) {
        for (const std::string_view piece : pieces) {
            std::string text(before, 'x');
            text += piece;
            text.append(40, 'y');
            CHECK(utf8_prefix(text) == text.size());
            CHECK(utf8_prefix(text.substr(0, before + piece.size())) == before + piece.size());
            if (piece.size() > 1)
                CHECK(utf8_prefix(text.substr(0, before + piece.size() - 1)) == before);
        }
        for (const std::string_view wrong : {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"})
        {
            const std::string text = std::string(before, 'x').append(wrong).append(40, 'y');
            CHECK(utf8_prefix(text) == before);
        }
    }
    CHECK(utf8_prefix("") == 0);
}
