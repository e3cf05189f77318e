// SPDX-License-Identifier: MIT
#include <stet/shards/impl/size_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string_view>

using stet::detail::factor_of;
using stet::detail::float_text;
using stet::detail::is_text_space;
using stet::detail::read_float;
using stet::detail::trimmed;
using stet::detail::truncated;
using kind = float_text::kind;

namespace {

kind kind_of(std::string_view text)
{
    return read_float(text).is;
}

/// Of a finite number, with its sign.
std::int64_t value_of(std::string_view text)
{
    const float_text read = read_float(text);
    return read.is == kind::finite ? truncated(read.magnitude, read.is_negative) : -4711;
}

} // namespace

TEST_CASE("a number is read as float() reads it")
{
    CHECK(value_of("12") == 12);
    CHECK(value_of(" +12.75 ") == 12);
    CHECK(value_of("-12.75") == -12);
    CHECK(value_of("5.") == 5);
    CHECK(value_of(".5e1") == 5);
    CHECK(value_of("1E+3") == 1000);
    CHECK(value_of("2500e-2") == 25);
    CHECK(value_of("1_0_0.2_5e0_2") == 10025);
    CHECK(value_of("\xD9\xA1\xD9\xA2") == 12);                // Arabic digits
    CHECK(value_of("\xE3\x80\x80\xEF\xBC\x97\xC2\xA0") == 7); // a wide digit between wide spaces
    CHECK(value_of("000000000000000000000000000007") == 7);
}

TEST_CASE("what float() refuses is no number")
{
    for (const std::string_view text :
         {"",   " ",    ".",    "e5",   "1e",   "1e+",  "--1",     "+-1",    "1 2",      "0x10", "1,5",  "_1",
          "1_", "1__0", "1_.5", "1._5", "1e_5", "1_e5", "infinit", "nan(1)", "\xC2\xB2", "\xFF", "1\x1C"})
    {
        CAPTURE(text);
        CHECK(kind_of(text) == kind::no_number);
    }
    CHECK(kind_of(std::string_view("1\0", 2)) == kind::no_number);
}

TEST_CASE("words and numbers beyond the largest are told apart")
{
    CHECK(kind_of("inf") == kind::infinite);
    CHECK(kind_of("-InFiNiTy") == kind::infinite);
    CHECK(kind_of("1e400") == kind::infinite);
    CHECK(kind_of("NaN") == kind::not_a_number);
    CHECK(kind_of("1e-400") == kind::finite);
}

TEST_CASE("a text is trimmed of what str.strip() takes off, and of nothing else")
{
    CHECK(trimmed("\x1F\t a b \n\x1C", is_text_space) == "a b");
    CHECK(trimmed(" \xC2\x85 ", is_text_space).empty());
    CHECK(trimmed("\xE2\x80\x8B", is_text_space) == "\xE2\x80\x8B"); // a space of no width is none
}

TEST_CASE("units are powers of a thousand, in capitals or not")
{
    CHECK(truncated(factor_of("kB"), false) == 1000);
    CHECK(truncated(factor_of("MB"), false) == 1'000'000);
    CHECK(truncated(factor_of("gb"), false) == 1'000'000'000);
    CHECK(truncated(factor_of("Tb"), false) == 1'000'000'000'000);
    CHECK(truncated(factor_of("iB"), false) == 0);
    CHECK(truncated(factor_of("KBB"), false) == 0);
}

TEST_CASE("what 64 bits do not hold is the largest or the least they do")
{
    CHECK(truncated(1e30, false) == INT64_MAX);
    CHECK(truncated(1e30, true) == INT64_MIN);
    CHECK(truncated(9223372036854775808.0, false) == INT64_MAX);
    CHECK(truncated(0.999, true) == 0);
}
