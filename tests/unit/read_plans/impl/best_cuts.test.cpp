// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/short_memory.hpp"

#include <stet/read_plans/impl/best_cuts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

using stet::detail::best_cuts;
using stet::detail::block_run;

namespace {

/// Requests, and blocks read.
using cost = std::pair<std::uint64_t, std::uint64_t>;

/// The least of all costs, found block by block: every request from a wanted block to a wanted block.
cost least_cost(const std::vector<block_run>& runs, std::uint64_t longest)
{
    std::vector<std::uint64_t> blocks;
    for (const block_run& run : runs) {
        for (std::uint64_t block = run.begin; block < run.end; ++block)
            blocks.push_back(block);
    }
    std::vector<cost> least(blocks.size() + 1, cost{UINT64_MAX, 0});
    least[blocks.size()] = {0, 0};
    for (std::size_t i = blocks.size(); i-- > 0;) {
        for (std::size_t j = i; j < blocks.size() && blocks[j] - blocks[i] < longest; ++j) {
            const std::uint64_t size = blocks[j] - blocks[i] + 1;
            least[i] = std::min(least[i], cost{least[j + 1].first + 1, least[j + 1].second + size});
        }
    }
    return least[0];
}

std::vector<block_run> cut(const std::vector<block_run>& runs, std::uint64_t longest)
{
    best_cuts                               cuts(stet::heap());
    stet::detail::growing_array<block_run>  requests;
    const stet::array_view<const block_run> all(runs);
    REQUIRE(cuts.append(all, longest, requests));
    CHECK(cuts.count(all, longest) == requests.size());
    return {requests.begin(), requests.end()};
}

cost cost_of(const std::vector<block_run>& requests)
{
    cost sum{requests.size(), 0};
    for (const block_run& each : requests)
        sum.second += each.end - each.begin;
    return sum;
}

bool is_wanted(const std::vector<block_run>& runs, std::uint64_t block)
{
    return std::any_of(runs.begin(), runs.end(),
                       [&](const block_run& run) { return run.begin <= block && block < run.end; });
}

/// Whether the requests are what they are called.
void check_sound(const std::vector<block_run>& runs, std::uint64_t longest,
                 const std::vector<block_run>& requests)
{
    std::uint64_t reached = 0;
    std::uint64_t wanted = 0;
    for (const block_run& each : requests) {
        CHECK(each.begin >= reached);
        CHECK(each.end - each.begin <= longest);
        CHECK(is_wanted(runs, each.begin));
        CHECK(is_wanted(runs, each.end - 1));
        for (std::uint64_t block = each.begin; block < each.end; ++block)
            wanted += is_wanted(runs, block) ? 1U : 0U;
        reached = each.end;
    }
    std::uint64_t all = 0;
    for (const block_run& run : runs)
        all += run.end - run.begin;
    CHECK(wanted == all);
}

} // namespace

TEST_CASE("runs that one request can hold are one request")
{
    CHECK(cut({{3, 5}, {9, 10}}, 7) == std::vector<block_run>{{3, 10}});
    CHECK(cut({{3, 5}, {9, 10}}, 6) == std::vector<block_run>{{3, 5}, {9, 10}});
}

TEST_CASE("of the cuts with the fewest requests the one that leaves the widest gaps is taken")
{
    // From left to right the first request would end with the run at 6 and read the gap before it.
    CHECK(cut({{0, 2}, {6, 7}, {8, 12}}, 7) == std::vector<block_run>{{0, 2}, {6, 12}});
}

TEST_CASE("a run that is longer than a request is cut where that serves its neighbours")
{
    CHECK(cut({{0, 1}, {5, 25}, {26, 27}}, 10) == std::vector<block_run>{{0, 10}, {10, 20}, {20, 27}});
    CHECK(cut({{0, 30}}, 10) == std::vector<block_run>{{0, 10}, {10, 20}, {20, 30}});
}

TEST_CASE("no other cut is better, for 30,000 arrangements of runs")
{
    support::dice dice(2026);
    for (int round = 0; round < 30'000; ++round) {
        std::vector<block_run> runs;
        const std::uint64_t    most_run = 1 + dice.below(9);
        const std::uint64_t    most_gap = 1 + dice.below(9);
        std::uint64_t          at = dice.below(3);
        for (std::uint64_t count = 1 + dice.below(12); count > 0; --count) {
            const std::uint64_t end = at + 1 + dice.below(most_run);
            runs.push_back({.begin = at, .end = end});
            at = end + 1 + dice.below(most_gap);
        }
        const std::uint64_t longest = 1 + dice.below(24);
        const auto          requests = cut(runs, longest);
        CAPTURE(round, longest);
        REQUIRE(cost_of(requests) == least_cost(runs, longest));
        check_sound(runs, longest, requests);
    }
}

TEST_CASE("cutting takes the same kind of time whatever the runs are")
{
    // Many starts that all stay useful, and as many windows in which another joins them.
    std::vector<block_run> runs;
    std::uint64_t          at = 0;
    constexpr std::size_t  many = 50'000;
    for (std::size_t i = 0; i < many; ++i) {
        runs.push_back({.begin = at, .end = at + 1});
        at += 2 + (many - i);
    }
    const std::uint64_t longest = at + 1'000;
    for (std::size_t i = 0; i < many; ++i) {
        runs.push_back({.begin = at, .end = at + longest - 2});
        at += longest - 1;
    }
    CHECK(cut(runs, longest).size() > many); // within the time that a test has
}

TEST_CASE("places and lengths up to 2^61 do not wrap around")
{
    constexpr std::uint64_t most = std::uint64_t{1} << 61U;
    const auto              halves = cut({{0, 1}, {2, most - 4}, {most - 2, most}}, most / 2);
    CHECK(cost_of(halves) == cost{2, most});
    CHECK(cut({{0, 1}, {most - 1, most}}, most - 1) == std::vector<block_run>{{0, 1}, {most - 1, most}});
}

TEST_CASE("cutting fails when the allocator gives nothing, and gives all memory back")
{
    const std::vector<block_run> runs{{0, 3}, {4, 9}, {11, 12}, {15, 16}};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              best_cuts                               cuts(memory);
              stet::detail::growing_array<block_run>  requests(memory);
              const stet::array_view<const block_run> all(runs);
              return cuts.append(all, 6, requests) ? "none" : "out_of_memory";
          }) > 0);
}
