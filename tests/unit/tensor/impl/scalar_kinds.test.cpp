// SPDX-License-Identifier: MIT
#include <stet/tensor/impl/scalar_kinds.hpp>

#include <catch2/catch_test_macros.hpp>

#include <complex>
#include <cstdint>

namespace {

struct pair_of_floats {
    float first, second;
};

} // namespace

using stet::detail::character;
using stet::detail::complex_of_float;
using stet::detail::plain_integer;

TEST_CASE("characters and bool are no plain integers")
{
    STATIC_CHECK(character<char> && character<wchar_t> && character<char8_t> && character<char16_t> &&
                 character<char32_t>);
    STATIC_CHECK_FALSE(character<signed char> || character<unsigned char> || character<int>);
    STATIC_CHECK(plain_integer<signed char> && plain_integer<std::uint8_t> && plain_integer<std::int64_t>);
    STATIC_CHECK_FALSE(plain_integer<bool> || plain_integer<char> || plain_integer<wchar_t> ||
                       plain_integer<float>);
}

TEST_CASE("a complex number of floats is known by its shape, and nothing else is taken for one")
{
    STATIC_CHECK(complex_of_float<std::complex<float>>);
    STATIC_CHECK_FALSE(complex_of_float<std::complex<double>> || complex_of_float<pair_of_floats> ||
                       complex_of_float<float>);
}
