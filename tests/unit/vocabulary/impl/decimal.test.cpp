// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/decimal.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

using stet::detail::decimal;
using stet::detail::decimal_width;

static_assert(decimal_width(0) == 1);
static_assert(decimal_width(9) == 1);
static_assert(decimal_width(10) == 2);
static_assert(decimal_width(UINT64_MAX) == 20);
static_assert(!std::is_copy_constructible_v<decimal>, "a copy would point into the original");

TEST_CASE("a decimal is the number's plain digits")
{
    CHECK(decimal(0).view() == "0");
    CHECK(decimal(7).view() == "7");
    CHECK(decimal(1'234'567).view() == "1234567");
    CHECK(decimal(UINT64_MAX).view() == "18446744073709551615");
}

TEST_CASE("around every power of ten and of two a decimal has the digits and the width of the number")
{
    for (const std::uint64_t base : {2U, 10U}) {
        std::uint64_t power = 1;
        for (;;) {
            for (const std::uint64_t number : {power - 1, power, power + 1}) {
                CHECK(decimal(number).view() == std::to_string(number));
                CHECK(decimal_width(number) == std::to_string(number).size());
            }
            if (power > UINT64_MAX / base)
                break;
            power *= base;
        }
    }
}

TEST_CASE("zeros fill a number up to the width that is asked for, and no number is cut")
{
    std::string text = "a_";
    stet::detail::append_padded(text, 7, 5);
    stet::detail::append_padded(text, 123'456, 5);
    stet::detail::append_padded(text, 0, 1);
    CHECK(text == "a_000071234560");
}
