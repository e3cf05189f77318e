// SPDX-License-Identifier: MIT
#include <stet/plan/plan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

namespace {

// Sorted and copied as plain memory.
static_assert(std::is_trivially_copyable_v<stet::record> && std::is_trivially_destructible_v<stet::record> &&
              std::is_aggregate_v<stet::record>);
static_assert(stet::record{}.end() == 0 && stet::record{}.rank == 0 && !stet::record{}.has_strides);

} // namespace

TEST_CASE("a record ends where its bytes end")
{
    CHECK(stet::record{.begin = 10, .size = 32}.end() == 42);
    CHECK(stet::record{.begin = 10}.end() == 10);
}
