// SPDX-License-Identifier: MIT
#include <stet/comfyui/impl/python_int.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using stet::detail::python_int;

namespace {

/// In plain decimal, or "-" for what is no number.
std::string parsed(std::string_view text)
{
    const auto number = python_int::parse(text);
    return number ? number->text() : "-";
}

python_int number(std::string_view text)
{
    return python_int::parse(text).value_or(python_int());
}

} // namespace

TEST_CASE("digits are a number, whatever zeros precede them")
{
    for (const auto& [text, value] :
         {std::pair{"7", "7"}, std::pair{"00007", "7"}, std::pair{"0", "0"}, std::pair{"00000", "0"},
          std::pair{"100000", "100000"}, std::pair{"18446744073709551616", "18446744073709551616"}})
    {
        CAPTURE(text);
        CHECK(parsed(text) == value);
    }
}

TEST_CASE("one sign may precede the digits")
{
    CHECK(parsed("+5") == "5");
    CHECK(parsed("-5") == "-5");
    CHECK(parsed("-00012") == "-12");
    CHECK(parsed("-0") == "0");
    CHECK(parsed("+0") == "0");
    for (const std::string_view text : {"+", "-", "--5", "+-5", "- 5", "+ 5", "5-",
                                        "\xE2\x88\x92"
                                        "5",
                                        "\xEF\xBC\x8B"
                                        "5"})
    {
        CAPTURE(text);
        CHECK(parsed(text) == "-");
    }
}

TEST_CASE("digits of all scripts count and may be mixed")
{
    CHECK(parsed("\xD9\xA3\xD9\xA4") == "34");         // Arabic
    CHECK(parsed("\xEF\xBC\x91\xEF\xBC\x92") == "12"); // fullwidth
    CHECK(parsed("5\xD9\xA1") == "51");
    CHECK(parsed("-\xF0\x9D\x9F\x98\xE0\xA5\xAB") == "-5"); // a zero of mathematics, then Devanagari
}

TEST_CASE("white space around the number is trimmed, inside it is not")
{
    CHECK(parsed(" 7 ") == "7");
    CHECK(parsed("\t8\n\r\v\f") == "8");
    CHECK(parsed("\xC2\xA0"
                 "5\xE2\x80\x83") == "5");
    CHECK(parsed("\xC2\x85-5\xE3\x80\x80") == "-5");
    for (const std::string_view text : {"1 2",
                                        "\x1C"
                                        "5",
                                        "5\x1F",
                                        "\xE2\x80\x8B"
                                        "5",
                                        "\xEF\xBB\xBF"
                                        "5",
                                        "5\x7F"})
    {
        CAPTURE(text);
        CHECK(parsed(text) == "-");
    }
}

TEST_CASE("other text is no number")
{
    for (const std::string_view text :
         {"", " ", "x", "0x10", "1e3", "1.5", "1,000", "\xC2\xB2", "00001.safetensors", "1_0", "5\xFF",
          "\xFF"
          "5",
          "\xD9"})
    {
        CAPTURE(text);
        CHECK(parsed(text) == "-");
    }
    CHECK(parsed(std::string_view("5\0", 2)) == "-");
}

TEST_CASE("a number has 4,300 digits at most, zeros and all")
{
    const std::string most(4300, '9');
    CHECK(parsed(most) == most);
    CHECK(parsed(" -" + most + ' ') == '-' + most);
    CHECK(parsed(std::string(4299, '0') + '5') == "5");
    CHECK(parsed(most + '9') == "-");
    CHECK(parsed(std::string(4300, '0') + '5') == "-");
    CHECK(parsed(std::string(5000, ' ') + '5') == "5");
}

TEST_CASE("the successor carries and borrows")
{
    for (const auto& [text, next] :
         {std::pair{"0", "1"}, std::pair{"8", "9"}, std::pair{"9", "10"}, std::pair{"199", "200"},
          std::pair{"999", "1000"}, std::pair{"-1", "0"}, std::pair{"-2", "-1"}, std::pair{"-10", "-9"},
          std::pair{"-100", "-99"}, std::pair{"-110", "-109"}, std::pair{"-1000", "-999"},
          std::pair{"9223372036854775807", "9223372036854775808"},
          std::pair{"-9223372036854775810", "-9223372036854775809"},
          std::pair{"18446744073709551615", "18446744073709551616"}})
    {
        CAPTURE(text);
        CHECK(number(text).successor().text() == next);
        CHECK(number(text).successor() == number(next));
    }
}

TEST_CASE("successors count through zero without a gap")
{
    python_int at = number("-1205");
    for (std::int64_t value = -1205; value < 1205; ++value, at = at.successor()) {
        CHECK(at.value() == value);
        CHECK(at < at.successor());
    }
}

TEST_CASE("numbers are ordered by value")
{
    constexpr std::array<std::string_view, 11> ascending{
        "-100000000000000000000", "-10", "-9", "-1", "0", "1", "9", "10", "99", "100",
        "100000000000000000000"};
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            CAPTURE(ascending[i], ascending[j]);
            CHECK((number(ascending[i]) < number(ascending[j])) == (i < j));
            CHECK((number(ascending[i]) > number(ascending[j])) == (i > j));
            CHECK((number(ascending[i]) == number(ascending[j])) == (i == j));
        }
    }
}

TEST_CASE("equal numbers are equal however they were written")
{
    CHECK(number("007") == number("7"));
    CHECK(number("-0") == number("0"));
    CHECK(number("-0") == python_int());
    CHECK(number("-7") != number("7"));
}

TEST_CASE("padding counts the sign")
{
    for (const auto& [text, padded] :
         {std::pair{"7", "00007"}, std::pair{"0", "00000"}, std::pair{"-2", "-0002"},
          std::pair{"-12345", "-12345"}, std::pair{"-1234", "-1234"}, std::pair{"12345", "12345"},
          std::pair{"100000", "100000"}})
    {
        CAPTURE(text);
        CHECK(number(text).padded(5) == padded);
    }
}

TEST_CASE("a value is given up to 64 bits with sign")
{
    CHECK(python_int().value() == 0);
    CHECK(number("-12").value() == -12);
    CHECK(number("9223372036854775807").value() == INT64_MAX);
    CHECK(number("9223372036854775808").value() == std::nullopt);
    CHECK(number("-9223372036854775808").value() == INT64_MIN);
    CHECK(number("-9223372036854775809").value() == std::nullopt);
    CHECK(number("100000000000000000000000").value() == std::nullopt);
}

TEST_CASE("numbers are equal in sign and digits, or not equal")
{
    CHECK(number("12") == number("+12"));
    CHECK(number("12") != number("-12"));
    CHECK(number("12") != number("13"));
    CHECK(number("12") != number("120"));
}
