// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/naive_difference.hpp"

#include <stet/diffs/diff.hpp>
#include <stet/diffs/impl/float_difference.hpp>
#include <stet/tensor/half.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

using stet::dtype;
using stet::diffs::difference;
using support::check_equal;
using support::naive_difference;

namespace {

difference apart(dtype type, std::span<const std::byte> first, std::span<const std::byte> second, bool newest)
{
    difference found{.elements = first.size() / 2};
    REQUIRE(stet::detail::add_floats(type, first, second, found, newest));
    return found;
}

template <class Word, class Value>
void check_codes(dtype type, Value value)
{
    support::dice       dice(3);
    std::vector<Word>   one, other;
    std::vector<double> one_values, other_values;
    for (std::uint32_t code = 0; code < 65'536; ++code) {
        one.push_back(static_cast<Word>(code));
        // Near each other, anywhere, or the same.
        const auto far_off = dice.below(3) == 0 ? dice.next() : code + dice.below(2);
        other.push_back(static_cast<Word>(far_off));
        one_values.push_back(value(one.back()));
        other_values.push_back(value(other.back()));
    }
    for (const bool newest : {true, false})
        check_equal(apart(type, std::as_bytes(std::span(one)), std::as_bytes(std::span(other)), newest),
                    naive_difference(one_values, other_values));
    // Few at a time, so that every place in a group of lanes is seen with what is special.
    for (std::size_t size = 0; size < 70; ++size) {
        const std::size_t at = 31'744 - 20 + size * 3; // where infinities and NaNs begin in F16
        const auto part = [&](const std::vector<Word>& all) { return std::span(all).subspan(at, size); };
        const std::vector<double> one_part(one_values.begin() + static_cast<std::ptrdiff_t>(at),
                                           one_values.begin() + static_cast<std::ptrdiff_t>(at + size));
        const std::vector<double> other_part(other_values.begin() + static_cast<std::ptrdiff_t>(at),
                                             other_values.begin() + static_cast<std::ptrdiff_t>(at + size));
        for (const bool newest : {true, false})
            check_equal(apart(type, std::as_bytes(part(one)), std::as_bytes(part(other)), newest),
                        naive_difference(one_part, other_part));
    }
}

} // namespace

TEST_CASE("every code of F16 and BF16 is as far from others as its number is")
{
    check_codes<std::uint16_t>(
        dtype::f16, [](std::uint16_t code) { return static_cast<double>(stet::float_from_f16(code)); });
    check_codes<std::uint16_t>(
        dtype::bf16, [](std::uint16_t code) { return static_cast<double>(stet::float_from_bf16(code)); });
}

TEST_CASE("the smallest numbers, and those just above them, are apart by what they are")
{
    for (const std::uint16_t sign : {std::uint16_t{0}, std::uint16_t{0x8000}}) {
        std::vector<std::uint16_t> one, other;
        std::vector<double>        one_values, other_values;
        for (std::uint16_t code = 0; code < 1'100; ++code) { // those below 1,024 are below normal
            one.push_back(static_cast<std::uint16_t>(code | sign));
            other.push_back(static_cast<std::uint16_t>(code ^ 3U));
            one_values.push_back(static_cast<double>(stet::float_from_f16(one.back())));
            other_values.push_back(static_cast<double>(stet::float_from_f16(other.back())));
        }
        for (const bool newest : {true, false})
            check_equal(
                apart(dtype::f16, std::as_bytes(std::span(one)), std::as_bytes(std::span(other)), newest),
                naive_difference(one_values, other_values));
    }
}

TEST_CASE("other dtypes are not added here")
{
    difference found;
    CHECK_FALSE(stet::detail::add_floats(dtype::f64, {}, {}, found));
    CHECK_FALSE(stet::detail::add_floats(dtype::u8, {}, {}, found));
    CHECK(stet::detail::add_floats(dtype::f32, {}, {}, found));
}

TEST_CASE("a pair is apart by the distance of its numbers")
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    difference       found;
    stet::detail::add_pair(1, 4, found);
    stet::detail::add_pair(4, 1, found);
    stet::detail::add_pair(0.0, -0.0, found);
    stet::detail::add_pair(nan, nan, found);
    stet::detail::add_pair(infinity, infinity, found);
    CHECK(found.differing == 2);
    CHECK(found.infinite == 0);
    CHECK(!(found.sum < 6 || found.sum > 6));
    stet::detail::add_pair(infinity, 1, found);
    stet::detail::add_pair(1, nan, found);
    stet::detail::add_pair(1e308, -1e308, found);
    CHECK(found.infinite == 3);
    CHECK(!(found.largest < 3 || found.largest > 3));
}
