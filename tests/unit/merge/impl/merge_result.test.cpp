// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/merge/impl/merge_result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <utility>

TEST_CASE("a result keeps the addresses of what it holds when it moves, and gives its memory back")
{
    support::counting_heap heap;
    {
        stet::detail::merge_result made(heap.allocator());
        REQUIRE(made.decisions.push({.name = "a"}));
        REQUIRE(made.mixtures.push({.said = made.decisions.data()}));
        const auto* const                said = made.decisions.data();
        const stet::detail::merge_result moved = std::move(made);
        CHECK(moved.mixtures[0].said == said);
        CHECK(moved.decisions.data() == said);
        CHECK(moved.predictions[0].empty());
    }
    CHECK(heap.live_blocks() == 0);
}
