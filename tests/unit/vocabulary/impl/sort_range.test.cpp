// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/vocabulary/impl/sort_range.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace {

using numbers = std::vector<std::uint32_t>;

/// The same numbers by the standard library.
numbers sorted(numbers given)
{
    std::sort(given.begin(), given.end());
    return given;
}

/// Sorts and counts how often two numbers are compared.
std::size_t sort_and_count(numbers& given)
{
    std::size_t count = 0;
    stet::detail::sort_range(stet::array_view<std::uint32_t>(given),
                             [&count](std::uint32_t a, std::uint32_t b) {
                                 ++count;
                                 return a < b;
                             });
    return count;
}

/// Numbers that make every median of the first, middle and last of a range the second smallest of it.
/// source: Musser, Introspective Sorting and Selection Algorithms, 1997
numbers median_of_three_killer(std::uint32_t size)
{
    const std::uint32_t half = size / 2;
    numbers             killer(size);
    for (std::uint32_t i = 1; i <= half; ++i) {
        killer[i - 1] = i % 2 == 1 ? i : half + i - 1;
        killer[half + i - 1] = 2 * i;
    }
    return killer;
}

} // namespace

TEST_CASE("ranges of every small size and any numbers are sorted")
{
    support::dice dice(3);
    for (std::size_t size = 0; size < 200; ++size) {
        for (const std::size_t different : {1U, 2U, 5U, 1000U}) {
            numbers given(size);
            for (std::uint32_t& number : given)
                number = static_cast<std::uint32_t>(dice.below(different));
            const numbers expected = sorted(given);
            static_cast<void>(sort_and_count(given));
            CHECK((given == expected));
        }
    }
}

TEST_CASE("however a range lies, sorting it takes n log n comparisons")
{
    constexpr std::uint32_t size = 1U << 14U;
    support::dice           dice(5);
    numbers                 ascending(size);
    numbers                 pipes(size);
    numbers                 few(size);
    for (std::uint32_t i = 0; i < size; ++i) {
        ascending[i] = i;
        pipes[i] = i < size / 2 ? i : size - i;
        few[i] = static_cast<std::uint32_t>(dice.below(3));
    }
    for (numbers given : {ascending, numbers(ascending.rbegin(), ascending.rend()), pipes, few,
                          numbers(size, 7), median_of_three_killer(size)})
    {
        const numbers     expected = sorted(given);
        const std::size_t count = sort_and_count(given);
        CHECK((given == expected));
        CHECK(count < std::size_t{4} * size * 14);
    }
}

TEST_CASE("a range is sorted by the order it is told")
{
    struct pair {
        int key, value;
    };
    std::vector<pair> pairs;
    for (int i = 0; i < 100; ++i)
        pairs.push_back({.key = i * 37 % 101, .value = i});
    stet::detail::sort_range(stet::array_view<pair>(pairs),
                             [](const pair& a, const pair& b) { return a.key > b.key; });

    for (std::size_t i = 1; i < pairs.size(); ++i)
        CHECK(pairs[i - 1].key > pairs[i].key);
    for (const pair& one : pairs)
        CHECK(one.key == one.value * 37 % 101);
}
