// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/vocabulary/impl/json_number.hpp>

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cerrno>
#include <clocale>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

using stet::detail::json_number;
using stet::detail::leading_number;
using stet::detail::nearest_double;
using stet::detail::real_text;

namespace {

constexpr bool is_integer(std::string_view text, std::size_t size)
{
    const json_number found = leading_number(text);
    return found.size == size && !found.real;
}

constexpr bool is_real(std::string_view text, std::size_t size)
{
    const json_number found = leading_number(text);
    return found.size == size && found.real;
}

std::string repr(double value)
{
    return std::string(real_text(value).view());
}

/// The number as it is written after being read.
std::string again(std::string_view number)
{
    return repr(nearest_double(number));
}

bool same_bits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string digits_of(const stet::detail::decimal_digits& decimal)
{
    return std::string(decimal.digits.data(), decimal.count) + "e" + std::to_string(decimal.exponent);
}

constexpr bool scientific(std::string_view text, std::string_view digits, int exponent)
{
    const auto read = stet::detail::read_scientific(text);
    return std::string_view(read.digits.data(), read.count) == digits && read.exponent == exponent;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

} // namespace

static_assert(is_integer("0", 1) && is_integer("-0", 2) && is_integer("7,", 1) && is_integer("-120]", 4));
static_assert(is_integer("01", 1), "no digit follows a leading zero");
static_assert(is_integer("1.", 1) && is_integer("1.x", 1) && is_integer("1.e5", 1), "a point needs a digit");
static_assert(is_integer("1e", 1) && is_integer("1e+", 1) && is_integer("1E-x", 1),
              "an exponent needs a digit");
static_assert(is_real("1.5", 3) && is_real("0.0", 3) && is_real("-0.25e", 5) && is_real("1.5.5", 3));
static_assert(is_real("1e5", 3) && is_real("1E+05 ", 5) && is_real("-0e-0", 5) && is_real("12.5E-17e", 8));
static_assert(is_integer("", 0) && is_integer("-", 0) && is_integer("+1", 0) && is_integer(".5", 0));
static_assert(is_integer("--1", 0) && is_integer("e5", 0) && is_integer("-Infinity", 0) &&
              is_integer("NaN", 0));

// The C library writes the point of its locale, which may be any character.
static_assert(scientific("1.25e-07", "125", -7) && scientific("1,25e-07", "125", -7));
static_assert(scientific("1\xD9\xAB"
                         "25e+100",
                         "125", 100) &&
              scientific("5e-324", "5", -324));
static_assert(scientific("1.2500e+00", "125", 0) && scientific("0e+00", "0", 0));

static_assert(!std::is_copy_constructible_v<real_text>);

TEST_CASE("a double is written as Python writes it")
{
    CHECK(repr(0.0) == "0.0");
    CHECK(repr(-0.0) == "-0.0");
    CHECK(repr(1.0) == "1.0");
    CHECK(repr(-12.5) == "-12.5");
    CHECK(repr(0.1) == "0.1");
    CHECK(repr(0.1 + 0.2) == "0.30000000000000004");
    CHECK(repr(123456.789) == "123456.789");
    CHECK(repr(100000.0) == "100000.0");
    CHECK(repr(1.0 / 3.0) == "0.3333333333333333");
    CHECK(repr(9007199254740993.0) == "9007199254740992.0");
    CHECK(repr(123456789012345680.0) == "1.2345678901234568e+17");
    CHECK(repr(6.02214076e23) == "6.02214076e+23");
    CHECK(repr(1e100) == "1e+100");
    CHECK(repr(-1.5e-7) == "-1.5e-07");
    CHECK(repr(5e-324) == "5e-324");
    CHECK(repr(-2.2250738585072014e-308) == "-2.2250738585072014e-308");
    CHECK(repr(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("an exponent is written from 1e16 on and below 1e-4")
{
    CHECK(repr(1e15) == "1000000000000000.0");
    CHECK(repr(9999999999999998.0) == "9999999999999998.0");
    CHECK(repr(1e16) == "1e+16");
    CHECK(repr(0.0001) == "0.0001");
    CHECK(repr(0.00012345678901234567) == "0.00012345678901234567");
    CHECK(repr(0.00009999999999999999) == "9.999999999999999e-05");
    CHECK(repr(0.00001) == "1e-05");
}

TEST_CASE("what is no number is written in words")
{
    CHECK(repr(infinity) == "Infinity");
    CHECK(repr(-infinity) == "-Infinity");
    CHECK(repr(std::numeric_limits<double>::quiet_NaN()) == "NaN");
    CHECK(repr(-std::numeric_limits<double>::quiet_NaN()) == "NaN");
}

TEST_CASE("a number is read in every form")
{
    CHECK(again("1.50") == "1.5");
    CHECK(again("1E5") == "100000.0");
    CHECK(again("1e+5") == "100000.0");
    CHECK(again("10.0e-1") == "1.0");
    CHECK(again("0.000012e3") == "0.012");
    CHECK(again("00.5") == "0.5");
    CHECK(again("0.0") == "0.0");
    CHECK(again("0E+5") == "0.0");
    CHECK(again("0.000e-999999999999999999999") == "0.0");
}

TEST_CASE("the nearest double is taken, the even one of two")
{
    CHECK(again("9007199254740993.0") == "9007199254740992.0");
    CHECK(again("9007199254740995.0") == "9007199254740996.0");
    CHECK(again("9007199254740993.0000000000000000000000000000001") == "9007199254740994.0");
    CHECK(again("9999999999999999.0") == "1e+16");
    CHECK(again("2.2250738585072011e-308") == "2.225073858507201e-308");
    CHECK(again("1.7976931348623158e308") == "1.7976931348623157e+308");
}

TEST_CASE("beyond the largest double is infinity, below the smallest is zero")
{
    CHECK(again("1.7976931348623159e308") == "Infinity");
    CHECK(again("1e309") == "Infinity");
    CHECK(again("1e400") == "Infinity");
    CHECK(again("1e99999999999999999999999999") == "Infinity");
    CHECK(again("2e-324") == "0.0");
    CHECK(again("2.4703282292062327e-324") == "0.0");
    CHECK(again("2.4703282292062328e-324") == "5e-324");
    CHECK(again("1e-400") == "0.0");
    CHECK(again("1e-99999999999999999999999999") == "0.0");
}

TEST_CASE("digits and exponent may cancel out")
{
    const std::string zeros(500'000, '0');
    CHECK(again("0." + zeros + "15e500001") == "1.5");
    CHECK(again("15" + zeros + "e-500001") == "1.5");
    CHECK(again("15" + zeros + "e-500324") == "1.5e-323");
    CHECK(again("0." + zeros + "1e-1") == "0.0");
    CHECK(again("1" + zeros + "e1") == "Infinity");
}

TEST_CASE("no digit is too far behind to count")
{
    // The middle between zero and the smallest double: 5^1075 / 10^1075, of 751 digits.
    std::string middle = "1";
    for (int i = 0; i < 1075; ++i) {
        unsigned carry = 0;
        for (std::size_t at = middle.size(); at-- > 0;) {
            const unsigned product = static_cast<unsigned>(middle[at] - '0') * 5 + carry;
            middle[at] = static_cast<char>('0' + product % 10);
            carry = product / 10;
        }
        if (carry != 0)
            middle.insert(0, 1, static_cast<char>('0' + carry));
    }
    REQUIRE(middle.size() == 752);

    CHECK(again(middle + "e-1075") == "0.0");
    CHECK(again(middle + "." + std::string(100'000, '0') + "e-1075") == "0.0");
    CHECK(again(middle + "." + std::string(100'000, '0') + "1e-1075") == "5e-324");
    middle.back() = '4';
    CHECK(again(middle + "." + std::string(100'000, '9') + "e-1075") == "0.0");
}

TEST_CASE("what is written is read back as the same double, and no shorter one would be")
{
    support::dice dice(5);
    for (int i = 0; i < 20'000; ++i) {
        // Every second one with few digits.
        const double random = std::bit_cast<double>(dice.next() & ~stet::detail::sign_bit);
        const double value = i % 2 == 0 ? random
                                        : static_cast<double>(dice.below(100'000)) *
                                              std::pow(10.0, static_cast<double>(dice.between(-30, 30)));
        if (!std::isfinite(value))
            continue;
        const std::string written = repr(value);
        INFO(written);
        CHECK(same_bits(nearest_double(written), value));

        auto shorter = stet::detail::shortest_digits(value);
        if (shorter.count == 1)
            continue;
        --shorter.count;
        const auto longer = stet::detail::next_up(shorter);
        CHECK_FALSE(same_bits(stet::detail::double_by_c_library(shorter), value));
        CHECK_FALSE(same_bits(stet::detail::double_by_c_library(longer), value));
    }
}

#if !defined(_WIN32) || defined(_UCRT) // Microsoft's older library rounds numbers its own way

namespace {

bool same_digits(const stet::detail::decimal_digits& a, const stet::detail::decimal_digits& b)
{
    return a.exponent == b.exponent &&
           std::string_view(a.digits.data(), a.count) == std::string_view(b.digits.data(), b.count);
}

} // namespace

TEST_CASE("the C library gives the same digits as the standard library")
{
    support::dice dice(6);
    for (int i = 0; i < 20'000; ++i) {
        const double value = std::bit_cast<double>(dice.next() & ~stet::detail::sign_bit);
        const double short_value =
            static_cast<double>(dice.below(1'000'000)) / static_cast<double>(1 + dice.below(1000));
        for (const double one : {value, short_value}) {
            if (!std::isfinite(one))
                continue;
            const auto digits = stet::detail::shortest_digits(one);
            INFO(digits_of(digits));
            CHECK(same_digits(stet::detail::shortest_digits_by_c_library(one), digits));
            CHECK(same_bits(stet::detail::double_by_c_library(digits), one));
        }
    }
    // Below a power of two the doubles lie closer together than above.
    for (int exponent = -1074; exponent < 1024; ++exponent) {
        const double power = std::ldexp(1.0, exponent);
        for (const double one : {std::nextafter(power, 0.0), power, std::nextafter(power, infinity)}) {
            const auto digits = stet::detail::shortest_digits(one);
            INFO(digits_of(digits));
            CHECK(same_digits(stet::detail::shortest_digits_by_c_library(one), digits));
        }
    }
    CHECK(digits_of(stet::detail::shortest_digits_by_c_library(0.0)) == "0e0");
}

#endif

TEST_CASE("the next larger number of as many digits carries")
{
    const auto above = [](std::string_view text) {
        return digits_of(stet::detail::next_up(stet::detail::read_scientific(text)));
    };
    CHECK(above("1.23e+05") == "124e5");
    CHECK(above("1.29e+05") == "13e5");
    CHECK(above("1.99e-05") == "2e-5");
    CHECK(above("9.99e+09") == "1e10");
}

TEST_CASE("the locale and errno make no difference and stay")
{
    const std::string before = std::setlocale(LC_ALL, nullptr);
    for (const char* const name : {"de_DE.UTF-8", "fr_FR.UTF-8", "German", "ps_AF.UTF-8", "C"}) {
        if (std::setlocale(LC_ALL, name) == nullptr)
            continue;
        INFO(name);
        errno = 123;
        CHECK(again("1.5e-3") == "0.0015");
        CHECK(again("1e999") == "Infinity");
        CHECK(std::signbit(stet::detail::double_by_c_library("1e-999")) == false);
        CHECK(digits_of(stet::detail::shortest_digits_by_c_library(1.25)) == "125e0");
        CHECK(errno == 123);
    }
    std::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("whatever stands for the point is passed over")
{
    for (const std::string_view text : {"1.25e-07", "1,25e-07", "1_25e-07",
                                        "1\xD9\xAB"
                                        "25e-07"})
    {
        const auto read = stet::detail::read_scientific(text);
        CHECK(read.count == 3);
        CHECK(std::string_view(read.digits.data(), 3) == "125");
        CHECK(read.exponent == -7);
    }
}
