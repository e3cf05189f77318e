// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/python_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

using stet::detail::character_count;
using stet::detail::decimal_digit;
using stet::detail::first_character;
using stet::detail::is_number_space;

static_assert(decimal_digit('7') == 7U, "usable in constant expressions");
static_assert(is_number_space(' '));
static_assert(character_count("a\xC3\xA9") == 2);
static_assert(std::is_sorted(stet::detail::zeros.begin(), stet::detail::zeros.end()));

TEST_CASE("each script's ten digits follow its zero")
{
    for (const std::uint32_t zero :
         {0x30U, 0x660U, 0x966U, 0xE50U, 0xFF10U, 0x104A0U, 0x1D7CEU, 0x1D7F6U, 0x1FBF0U})
    {
        CAPTURE(zero);
        for (unsigned i = 0; i < 10; ++i)
            CHECK(decimal_digit(zero + i) == i);
    }
}

TEST_CASE("what stands beside the digits is none")
{
    for (const std::uint32_t other : {0x2FU, 0x3AU, 0x65FU, 0x66AU, 0x6EFU, 0xFF0FU, 0xFF1AU, 0x1D7CDU,
                                      0x1D800U, 0x1FBEFU, 0x1FBFAU, 0U, 0x10FFFFU})
    {
        CAPTURE(other);
        CHECK(decimal_digit(other) == std::nullopt);
    }
}

TEST_CASE("superscripts, fractions, circled and written numbers are no decimal digits")
{
    for (const std::uint32_t other :
         {0xB2U, 0xBDU, 0x2167U, 0x2460U, 0x4E94U, 0x3007U, 0x1369U, 0x19DAU, 0x1F101U})
    {
        CAPTURE(other);
        CHECK(decimal_digit(other) == std::nullopt);
    }
}

TEST_CASE("there are 660 decimal digits")
{
    unsigned      count = 0;
    std::uint64_t sum = 0;
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        if (const auto digit = decimal_digit(code_point)) {
            ++count;
            sum += std::uint64_t{code_point} * (*digit + 1);
        }
    }
    CHECK(count == 660);
    CHECK(sum == 169441580); // as Python's tables of Unicode 14 have it
}

TEST_CASE("white space is trimmed off numbers, but no separator of ASCII and nothing of zero width")
{
    constexpr std::array<std::uint32_t, 25> spaces{0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x20,   0x85,
                                                   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
                                                   0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028,
                                                   0x2029, 0x202F, 0x205F, 0x3000};
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        const bool is_space = std::find(spaces.begin(), spaces.end(), code_point) != spaces.end();
        if (is_number_space(code_point) != is_space) {
            CAPTURE(code_point);
            CHECK(is_number_space(code_point) == is_space);
        }
    }
    CHECK_FALSE(is_number_space(0x1C));
    CHECK_FALSE(is_number_space(0x200B));
    CHECK_FALSE(is_number_space(0xFEFF));
}

TEST_CASE("a character is read whole")
{
    struct row {
        std::string_view text;
        std::uint32_t    code_point;
        std::size_t      size;
    };
    for (const auto& [text, code_point, size] :
         {row{"az", 'a', 1}, row{std::string_view("\0", 1), 0, 1}, row{"\xC3\xA9z", 0xE9, 2},
          row{"\xDF\xBF", 0x7FF, 2}, row{"\xE0\xA0\x80", 0x800, 3}, row{"\xE6\x97\xA5z", 0x65E5, 3},
          row{"\xEF\xBF\xBF", 0xFFFF, 3}, row{"\xF0\x9F\x98\x80", 0x1F600, 4},
          row{"\xF4\x8F\xBF\xBF", 0x10FFFF, 4}})
    {
        CAPTURE(text);
        CHECK(first_character(text).code_point == code_point);
        CHECK(first_character(text).size == size);
    }
}

TEST_CASE("a byte that is not UTF-8 is a character of its own")
{
    for (const std::string_view text :
         {"\x80", "\xFF", "\xC3", "\xC3z", "\xE6\x97", "\xED\xA0\x80", "\xF5\x80\x80\x80"})
    {
        CAPTURE(text);
        CHECK(first_character(text).code_point == 0xDC00U + static_cast<unsigned char>(text[0]));
        CHECK(first_character(text).size == 1);
    }
}

TEST_CASE("a text's length is counted in characters")
{
    CHECK(character_count("") == 0);
    CHECK(character_count("ComfyUI") == 7);
    CHECK(character_count("\xE6\x97\xA5\xE6\x9C\xAC") == 2);
    CHECK(character_count("e\xCC\x81") == 2);
    CHECK(character_count("\xFF\xE6\x97z") == 4);
}
