// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"

#include <stet/vocabulary/impl/position_tree.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace {

using stet::detail::position_tree;

/// Numbers that are their own positions.
struct numbers {
    explicit numbers(const stet::allocator& memory = stet::heap()) : tree(memory) {}

    position_tree       tree;
    mutable std::size_t steps = 0;

    auto order_of(std::uint32_t wanted) const
    {
        return [this, wanted](const position_tree::node& node) {
            ++steps;
            return wanted < node.position ? -1 : wanted > node.position ? 1 : 0;
        };
    }
    bool add(std::uint32_t number) { return tree.insert(0, number, order_of(number)); }
    bool has(std::uint32_t number) const
    {
        const auto* const found = tree.find(order_of(number));
        return found != nullptr && found->position == number;
    }
};

} // namespace

TEST_CASE("nothing is found in an empty tree")
{
    numbers none;
    CHECK(none.tree.empty());
    CHECK_FALSE(none.has(0));
}

TEST_CASE("numbers are found in whatever order they came, in no more steps than a balanced tree takes")
{
    constexpr std::uint32_t    count = 5'000;
    std::vector<std::uint32_t> order(count);
    const auto                 tries = [&](const char* name) {
        CAPTURE(name);
        numbers     given;
        std::size_t most = 0;
        for (const std::uint32_t number : order) {
            given.steps = 0;
            REQUIRE(given.add(number * 2));
            most = std::max(most, given.steps);
        }
        std::size_t wrong = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            given.steps = 0;
            wrong += given.has(i * 2) && !given.has(i * 2 + 1) ? 0U : 1U;
            most = std::max(most, given.steps / 2);
        }
        CHECK(wrong == 0);
        CHECK(most <= 2U * std::bit_width(count));
    };
    std::iota(order.begin(), order.end(), 0U);
    tries("ascending");
    std::reverse(order.begin(), order.end());
    tries("descending");
    for (std::uint32_t i = 0; i < count; ++i)
        order[i] = i % 2 == 0 ? i : count - i;
    std::sort(order.begin(), order.end());
    for (std::uint32_t i = 0; i < count; ++i)
        order[i] = i % 2 == 0 ? i / 2 : count - 1 - i / 2;
    tries("from both ends");
    support::dice dice(3);
    for (std::uint32_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[dice.below(i)]);
    tries("shuffled");
}

TEST_CASE("a cleared tree is empty and takes numbers again")
{
    numbers given;
    for (std::uint32_t i = 0; i < 100; ++i)
        REQUIRE(given.add(i));
    given.tree.clear();
    CHECK(given.tree.empty());
    CHECK_FALSE(given.has(3));
    REQUIRE(given.add(3));
    CHECK(given.has(3));
    CHECK_FALSE(given.has(4));
}

TEST_CASE("a tree without memory says so and keeps what it has")
{
    support::counting_heap heap;
    numbers                given(heap.allocator());
    heap.fail_from(0);
    CHECK_FALSE(given.add(1));
    CHECK(given.tree.empty());
}
