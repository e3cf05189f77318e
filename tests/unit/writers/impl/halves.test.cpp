// SPDX-License-Identifier: MIT
#include "support/mixed_checkpoint.hpp"

#include <stet/writers/impl/halves.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

using support::mixed_checkpoint;

TEST_CASE("a file is cut at an aligned place of a packed tensor, or before one that is made", "[thread]")
{
    const mixed_checkpoint sample;
    const auto             plan = sample.plan();
    REQUIRE(plan);
    const auto head = stet::make_header(*plan);
    REQUIRE(head);
    std::size_t inside = 0;
    for (std::uint64_t goal = 0; goal <= plan->data_size() + 5000; goal += 4999) {
        const stet::detail::halves parts = stet::detail::cut(*head, goal);
        CAPTURE(goal);
        CHECK(parts.first.begin == 0);
        CHECK(parts.first.end == parts.second.begin);
        CHECK(parts.second.end == plan->data_size());
        CHECK(parts.first.end <= std::max(goal, std::uint64_t{1}));
        CHECK(parts.second.last == plan->records().size());
        if (parts.first.last > parts.second.first) { // both write a piece of one tensor
            const stet::record& between = plan->records()[parts.second.first];
            CHECK(between.pour == nullptr);
            CHECK((head->size() + parts.first.end) % stet::direct_alignment == 0);
            CHECK(between.begin < parts.first.end);
            CHECK(parts.first.end < between.end());
            ++inside;
        } else {
            CHECK(parts.first.last == parts.second.first);
        }
    }
    CHECK(inside > 10);
}
