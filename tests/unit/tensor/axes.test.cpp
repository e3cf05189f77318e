// SPDX-License-Identifier: MIT
#include <stet/tensor/axes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using stet::axes;
using stet::errc;
using stet::extents;
using stet::strides;

namespace {

constexpr bool are(const extents& shape, std::initializer_list<std::uint64_t> expected)
{
    if (shape.size() != expected.size() || shape.problem() != errc{})
        return false;
    std::size_t i = 0;
    for (const std::uint64_t axis : expected) {
        if (shape[i++] != axis)
            return false;
    }
    return true;
}

std::vector<std::uint64_t> listed(const extents& shape)
{
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; i < shape.size(); ++i)
        all.push_back(shape[i]);
    return all;
}

template <class Integer>
void check_integer()
{
    constexpr Integer                least = std::numeric_limits<Integer>::min();
    constexpr Integer                most = std::numeric_limits<Integer>::max();
    const std::array<Integer, 3>     numbers{1, 0, most};
    const std::vector<std::uint64_t> expected{1, 0, std::uint64_t{most}};

    CHECK(listed(extents(numbers)) == expected);
    CHECK(listed(extents(Integer{1}, Integer{0}, most)) == expected);

    const std::vector<Integer> nine{1, 2, 3, 4, 5, 6, 7, 8, most};
    CHECK(listed(extents(nine)) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, std::uint64_t{most}});

    const std::array<Integer, 2> with_least{1, least};
    const bool                   negative = least < 0;
    CHECK((extents(with_least).problem() == errc::negative_dimension) == negative);
}

} // namespace

static_assert(are({}, {}));
static_assert(are(extents{}, {}) && extents{}.empty());
static_assert(are({7}, {7}) && are(extents(7), {7}) && are(extents{7}, {7}));
static_assert(!std::is_convertible_v<int, extents> && !std::is_convertible_v<std::size_t, extents> &&
                  !std::is_convertible_v<int, strides>,
              "a number by itself is no shape");
static_assert(are({512, 4, 3, 3}, {512, 4, 3, 3}));
static_assert(are({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}));
static_assert(are({short{2}, 3L, 4ULL}, {2, 3, 4}), "integers of several types");
static_assert(are(std::array<int, 2>{5, 6}, {5, 6}), "up to eight are copied, also from a temporary");
static_assert(are(extents({2, 3, 4}).with(1, 9), {2, 9, 4}));
static_assert(extents{-1}.problem() == errc::negative_dimension && extents{-1}.rank() == 1);
static_assert(strides{-1}.problem() == errc{} && strides{-1}[0] == -1);
static_assert(extents{2, -1}.problem() == errc::negative_dimension);
static_assert(strides{2, -1}.problem() == errc{} && strides{2, -1}[1] == -1);

static_assert(std::is_trivially_copyable_v<extents> && std::is_nothrow_default_constructible_v<extents>);
static_assert(std::is_convertible_v<std::vector<int>&, extents> &&
              std::is_convertible_v<std::vector<int>, extents>);
static_assert(!std::is_constructible_v<extents, std::vector<float>>, "a shape has no fractions");
static_assert(!std::is_constructible_v<extents, double>);
static_assert(!std::is_constructible_v<extents, std::list<int>>, "not contiguous");
static_assert(!std::is_constructible_v<extents, std::vector<std::string>> &&
              !std::is_constructible_v<extents, int*>);
static_assert(!std::is_constructible_v<extents, strides>, "strides are no sizes");

TEST_CASE("axes are given as integers of any type")
{
    check_integer<signed char>();
    check_integer<unsigned char>();
    check_integer<short>();
    check_integer<unsigned short>();
    check_integer<int>();
    check_integer<unsigned>();
    check_integer<long>();
    check_integer<unsigned long>();
    check_integer<long long>();
    check_integer<unsigned long long>();
}

TEST_CASE("axes are given in any contiguous container")
{
    const std::vector<std::uint64_t> expected{2, 3, 4};
    const std::vector<int>           vector{2, 3, 4};
    std::array<long, 3>              array{2, 3, 4};
    const std::int64_t               plain[]{2, 3, 4};
    const std::span<const int>       span = vector;

    CHECK(listed(vector) == expected);
    CHECK(listed(array) == expected);
    CHECK(listed(plain) == expected);
    CHECK(listed(span) == expected);
    CHECK(listed(std::span<const int, 3>(vector)) == expected);
    CHECK(listed(std::vector<short>{2, 3, 4}) == expected);
    CHECK(listed(std::vector<int>{}).empty());
}

TEST_CASE("up to eight axes are kept, whatever becomes of the array")
{
    std::vector<int> array{1, 2, 3, 4, 5, 6, 7, 8};
    const extents    shape = array;
    array.assign(8, 0);
    CHECK(listed(shape) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("more than eight axes are borrowed from an array that stays")
{
    std::vector<int>                 vector{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    std::array<std::uint8_t, 9>      array{1, 2, 3, 4, 5, 6, 7, 8, 9};
    const std::int64_t               plain[]{1, 2, 3, 4, 5, 6, 7, 8, 9};
    const std::vector<std::uint64_t> nine{1, 2, 3, 4, 5, 6, 7, 8, 9};

    CHECK(extents(vector).problem() == errc{});
    CHECK(listed(vector) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    CHECK(listed(array) == nine);
    CHECK(listed(plain) == nine);
    CHECK(listed(std::span(vector).first(9)) == nine);
    CHECK(extents(std::span(vector)).problem() == errc{});
    CHECK(extents(std::as_const(vector)).problem() == errc{});

    const extents borrowed = vector;
    vector[9] = 77;
    CHECK(borrowed[9] == 77);
}

TEST_CASE("more than eight axes of a temporary are refused")
{
    const extents from_temporary = std::vector<int>(9, 1);
    CHECK(from_temporary.problem() == errc::borrowed_axes_expired);
    CHECK(from_temporary.size() == 9);

    std::array<int, 9> array{};
    CHECK(extents(std::move(array)).problem() == errc::borrowed_axes_expired);

    const auto said = stet::detail::axes_error(from_temporary);
    CHECK(said.code == errc::borrowed_axes_expired);
    CHECK(said.expected == 8);
    CHECK(said.actual == 9);
}

TEST_CASE("a negative dimension is remembered wherever it stands")
{
    for (std::size_t size = 1; size < 12; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            std::vector<int> numbers(size, 1);
            numbers[at] = -1;
            CHECK(extents(numbers).problem() == errc::negative_dimension);
            CHECK(stet::detail::axes_error(extents(numbers)).code == errc::negative_dimension);
            CHECK(strides(numbers).problem() == errc{});
            CHECK(strides(numbers)[at] == -1);
        }
    }
}

TEST_CASE("a copy with one axis replaced leaves the first alone")
{
    const extents first = {2, 3};
    const extents second = first.with(0, 9);
    CHECK(listed(first) == std::vector<std::uint64_t>{2, 3});
    CHECK(listed(second) == std::vector<std::uint64_t>{9, 3});
}

static_assert(extents{}.rank() == 0 && extents{4, 5}.rank() == 2 && extents{4, 5}.size() == 2);
static_assert(extents{} == extents{} && extents{2, 3} == extents(std::array<int, 2>{2, 3}));
static_assert(extents{2, 3} != extents{3, 2} && extents{2} != extents{2, 1} && extents{} != extents{0});
static_assert(strides{-1, 0} == strides{-1, 0} && strides{-1, 0} != strides{1, 0});
static_assert(extents{-1} != extents{UINT64_MAX}, "what could not be given equals nothing that can");
static_assert(std::forward_iterator<decltype(extents{}.begin())>);

TEST_CASE("axes are walked over from the outermost, kept or borrowed")
{
    const auto walked = [](const extents& shape) {
        std::vector<std::uint64_t> seen;
        for (const std::uint64_t axis : shape)
            seen.push_back(axis);
        return seen;
    };
    const std::vector<std::uint64_t> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    CHECK(walked({}).empty());
    CHECK(walked({7}) == std::vector<std::uint64_t>{7});
    CHECK(walked({512, 4, 3, 3}) == std::vector<std::uint64_t>{512, 4, 3, 3});
    CHECK(walked(ten) == ten);

    const strides spacing{-4, 0, 1};
    auto          at = spacing.begin();
    CHECK(*at++ == -4);
    CHECK(*at == 0);
    CHECK(*++at == 1);
    CHECK(++at == spacing.end());
}

TEST_CASE("lists of axes are equal when their numbers are, wherever these lie")
{
    const std::vector<int>          signed_ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const std::vector<std::uint8_t> small_ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const std::vector<int>          other_ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 11};
    CHECK(extents(signed_ten) == extents(small_ten));
    CHECK(extents(signed_ten) != extents(other_ten));
    CHECK(extents(signed_ten) != extents(std::span(signed_ten).first(9)));
}
