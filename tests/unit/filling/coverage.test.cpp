// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/filling/coverage.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

using stet::filling::coverage;
using stet::filling::interval;
using stet::filling::overlaps;

static_assert(sizeof(interval) == 16);

namespace {

std::vector<interval> all_of(coverage& of)
{
    const auto all = of.intervals();
    REQUIRE(all);
    return {all->begin(), all->end()};
}

/// The intervals of bytes that are set.
std::vector<interval> naive(const std::vector<bool>& bytes)
{
    std::vector<interval> all;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!bytes[i])
            continue;
        if (all.empty() || all.back().end != i)
            all.push_back({.begin = i, .end = i});
        all.back().end = i + 1;
    }
    return all;
}

} // namespace

TEST_CASE("bytes side by side are one interval, in whatever order they come")
{
    coverage there;
    for (const std::uint64_t begin : {30U, 10U, 20U, 50U, 0U})
        CHECK(support::failure(there.add({.begin = begin, .end = begin + 10})) == "none");
    CHECK(all_of(there) == std::vector<interval>{{0, 40}, {50, 60}});
}

TEST_CASE("a byte that comes twice is refused, unless that is allowed, and changes nothing")
{
    coverage there;
    REQUIRE(there.add({.begin = 10, .end = 20}));
    for (const auto& [bytes, first] : {std::pair(interval{0, 11}, 10U),
                                       {{19, 30}, 19U},
                                       {{12, 13}, 12U},
                                       {{0, 100}, 10U},
                                       {{10, 20}, 10U}})
    {
        const auto added = there.add(bytes);
        REQUIRE(support::failure(added) == "filled_twice");
        CHECK(added.error().actual == first);
    }
    CHECK(support::failure(there.add({.begin = 15, .end = 15})) == "none");
    CHECK(all_of(there) == std::vector<interval>{{10, 20}});

    coverage tolerant(overlaps::allow);
    REQUIRE(tolerant.add({.begin = 10, .end = 20}));
    CHECK(support::failure(tolerant.add({.begin = 15, .end = 30})) == "none");
    CHECK(support::failure(tolerant.add({.begin = 0, .end = 100})) == "none");
    CHECK(all_of(tolerant) == std::vector<interval>{{0, 100}});
}

TEST_CASE("the first missing bytes are told")
{
    coverage   there;
    const auto missing = [&](interval within) {
        const auto found = there.first_missing(within);
        REQUIRE(found);
        return found->value_or(interval{});
    };
    CHECK(missing({.begin = 5, .end = 9}) == interval{5, 9});
    REQUIRE(there.add({.begin = 10, .end = 20}));
    REQUIRE(there.add({.begin = 30, .end = 40}));
    CHECK(missing({.begin = 10, .end = 20}) == interval{});
    CHECK(missing({.begin = 12, .end = 19}) == interval{});
    CHECK(missing({.begin = 10, .end = 21}) == interval{20, 21});
    CHECK(missing({.begin = 10, .end = 50}) == interval{20, 30});
    CHECK(missing({.begin = 0, .end = 50}) == interval{0, 10});
    CHECK(missing({.begin = 35, .end = 50}) == interval{40, 50});
    CHECK(missing({.begin = 7, .end = 7}) == interval{});
}

TEST_CASE("it is what a flag for each byte says, for 300 random orders")
{
    support::dice dice(11);
    for (int round = 0; round < 300; ++round) {
        const bool        allows = dice.below(2) == 0;
        coverage          there(allows ? overlaps::allow : overlaps::refuse);
        std::vector<bool> bytes(2'000);
        const auto        longest = 1 + dice.below(round % 3 == 0 ? 200 : 4);
        for (int i = 0; i < 400; ++i) {
            const auto begin = static_cast<std::ptrdiff_t>(dice.below(1'800));
            const auto end = begin + static_cast<std::ptrdiff_t>(dice.below(longest + 1));
            const bool is_there =
                std::find(bytes.begin() + begin, bytes.begin() + end, true) != bytes.begin() + end;
            const interval piece{static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)};
            if (dice.below(40) == 0) {
                REQUIRE(there.remove(piece));
                std::fill(bytes.begin() + begin, bytes.begin() + end, false);
                continue;
            }
            REQUIRE(support::failure(there.add(piece)) == (is_there && !allows ? "filled_twice" : "none"));
            if (allows || !is_there)
                std::fill(bytes.begin() + begin, bytes.begin() + end, true);
        }
        REQUIRE(all_of(there) == naive(bytes));
    }
}

TEST_CASE("200,000 pieces in no order are added up in the time of a test")
{
    constexpr std::uint64_t    count = 200'000;
    std::vector<std::uint64_t> order(count);
    support::dice              dice(5);
    for (std::uint64_t i = 0; i < count; ++i) {
        order[i] = i;
        std::swap(order[i], order[dice.below(i + 1)]);
    }
    coverage there;
    for (const std::uint64_t i : order)
        REQUIRE(there.add({.begin = i * 8, .end = i * 8 + 8 - i % 2}));
    CHECK(all_of(there).size() == count / 2);
}

TEST_CASE("without memory nothing is added or lost")
{
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              coverage there(overlaps::refuse, memory);
              for (std::uint64_t i = 0; i < 100; ++i) {
                  if (const auto added = there.add({.begin = 10 * i, .end = 10 * i + 5}); !added)
                      return support::failure(added);
              }
              if (const auto removed = there.remove({.begin = 0, .end = 7}); !removed)
                  return support::failure(removed);
              return support::failure(there.intervals());
          }) > 3);
}
