// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/naive_difference.hpp"

#include <stet/diffs/diff.hpp>
#include <stet/diffs/impl/value_difference.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

using stet::dtype;
using stet::detail::add_differences;
using stet::diffs::difference;
using support::check_equal;
using support::naive_difference;

namespace {

template <class Number>
std::span<const std::byte> bytes_of(const std::vector<Number>& values)
{
    return std::as_bytes(std::span(values));
}

difference apart(dtype first_type, std::span<const std::byte> first, dtype second_type,
                 std::span<const std::byte> second)
{
    difference found;
    REQUIRE(
        add_differences({.type = first_type, .bytes = first}, {.type = second_type, .bytes = second}, found));
    return found;
}

} // namespace

TEST_CASE("floats are compared as the numbers they are")
{
    support::dice       dice(9);
    std::vector<float>  one, other;
    std::vector<double> one_values, other_values;
    for (int i = 0; i < 5'000; ++i) {
        const auto bits = static_cast<std::uint32_t>(dice.next());
        const auto near_by = dice.below(2) == 0 ? bits : bits + static_cast<std::uint32_t>(dice.below(9));
        one.push_back(std::bit_cast<float>(bits));
        other.push_back(std::bit_cast<float>(near_by));
        one_values.push_back(static_cast<double>(one.back()));
        other_values.push_back(static_cast<double>(other.back()));
    }
    check_equal(apart(dtype::f32, bytes_of(one), dtype::f32, bytes_of(other)),
                naive_difference(one_values, other_values));
    check_equal(apart(dtype::f64, bytes_of(one_values), dtype::f64, bytes_of(other_values)),
                naive_difference(one_values, other_values));
    check_equal(apart(dtype::f32, bytes_of(one), dtype::f64, bytes_of(other_values)),
                naive_difference(one_values, other_values));
}

TEST_CASE("zeros of both signs are equal, and so is any NaN to any other")
{
    const std::vector<std::uint32_t> one{0x00000000, 0x7FC00000, 0x7F800001, 0x7F800000};
    const std::vector<std::uint32_t> other{0x80000000, 0xFFC00001, 0x7FC00000, 0x7F800000};
    const difference                 found = apart(dtype::f32, bytes_of(one), dtype::f32, bytes_of(other));
    CHECK(found.elements == 4);
    CHECK(found.differing == 0);
    const std::vector<std::uint32_t> third{0x3F800000, 0, 0x3F800000, 0xFF800000};
    const difference apart_from_third = apart(dtype::f32, bytes_of(one), dtype::f32, bytes_of(third));
    CHECK(apart_from_third.differing == 4);
    CHECK(apart_from_third.infinite == 3);
    CHECK(!(apart_from_third.mean() < 1 || apart_from_third.mean() > 1)); // of the one pair that is measured
}

TEST_CASE("integers are compared without loss, whatever their width")
{
    const std::vector<std::uint64_t> one{UINT64_MAX, 1'000'000'000'000'000'001U, 5};
    const std::vector<std::uint64_t> other{UINT64_MAX - 1, 1'000'000'000'000'000'000U, 5};
    const difference                 wide = apart(dtype::u64, bytes_of(one), dtype::u64, bytes_of(other));
    CHECK(wide.differing == 2);
    CHECK(!(wide.largest < 1 || wide.largest > 1));
    const std::vector<std::int64_t> lowest{INT64_MIN, -1}, highest{INT64_MAX, 1};
    const difference                span = apart(dtype::i64, bytes_of(lowest), dtype::i64, bytes_of(highest));
    CHECK(!(span.largest < 0x1p64 || span.largest > 0x1p64));
    const std::vector<std::int8_t>  bytes{-3, 100};
    const std::vector<std::int64_t> words{-3, 110};
    const difference                mixed = apart(dtype::i8, bytes_of(bytes), dtype::i64, bytes_of(words));
    CHECK(mixed.differing == 1);
    CHECK(!(mixed.sum < 10 || mixed.sum > 10));
    const std::vector<std::uint8_t> flags{0, 1, 2, 0}, others{0, 2, 1, 1};
    CHECK(apart(dtype::boolean, bytes_of(flags), dtype::boolean, bytes_of(others)).differing == 1);
}

TEST_CASE(
    "8-bit floats and complex numbers are compared, 4-bit ones and large integers beside others are not")
{
    const std::vector<std::uint8_t> one{0x38, 0x7F, 0x00}, other{0x40, 0x7F, 0x80}; // 1 and 2, NaN, zeros
    const difference eighth = apart(dtype::f8_e4m3, bytes_of(one), dtype::f8_e4m3, bytes_of(other));
    CHECK(eighth.differing == 1);
    CHECK(!(eighth.sum < 1 || eighth.sum > 1));
    const std::vector<std::complex<float>> first{{1, 2}, {3, 4}}, second{{1, 2}, {3, 6}};
    const difference complex = apart(dtype::c64, bytes_of(first), dtype::c64, bytes_of(second));
    CHECK(complex.elements == 4);
    CHECK(complex.differing == 1);

    difference                       none;
    const std::vector<std::uint64_t> huge{UINT64_MAX};
    const std::vector<std::int64_t>  usual{1};
    const std::vector<float>         value{1};
    CHECK_FALSE(add_differences({dtype::f4, bytes_of(one)}, {dtype::f4, bytes_of(other)}, none));
    CHECK_FALSE(add_differences({dtype::u64, bytes_of(huge)}, {dtype::i64, bytes_of(usual)}, none));
    CHECK_FALSE(add_differences({dtype::u64, bytes_of(huge)}, {dtype::f32, bytes_of(value)}, none));
    CHECK_FALSE(add_differences({dtype::c64, std::as_bytes(std::span(first).first(1))},
                                {dtype::f32, bytes_of(value)}, none));
    CHECK(none.elements == 0);
}
