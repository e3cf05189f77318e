// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/quantised/impl/layer_set.hpp>

#include <catch2/catch_test_macros.hpp>

#include <utility>

TEST_CASE("a set keeps the addresses of what it holds when it moves, and gives its memory back")
{
    support::counting_heap heap;
    {
        stet::detail::layer_set set(heap.allocator());
        CHECK(set.metadata == stet::quantised::metadata_state::absent);
        REQUIRE(set.layers.push({.name = "a"}));
        REQUIRE(set.companions.push({.name = "weight_scale", .position = 3}));
        set.layers[0].companions = set.companions.view();
        const stet::detail::layer_set moved = std::move(set);
        CHECK(moved.layers[0].position_of("weight_scale") == 3);
        CHECK(moved.layers[0].companions.data() == moved.companions.data());
    }
    CHECK(heap.live_blocks() == 0);
}
