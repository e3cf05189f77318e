// SPDX-License-Identifier: MIT
#include <stet/merge/recipe.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

using namespace stet::merging;

static_assert(std::is_aggregate_v<recipe>);
static_assert(std::is_trivially_copyable_v<recipe>);
static_assert(std::is_trivially_copyable_v<decision>);

TEST_CASE("a recipe of nothing is half of each, and changes no number without saying so")
{
    constexpr recipe usual;
    CHECK(usual.formula == formula::weighted);
    CHECK_FALSE(usual.ratios.all);
    CHECK_FALSE(usual.type);
    CHECK_FALSE(usual.requantise);
    CHECK_FALSE(usual.widen);
    CHECK_FALSE(usual.keep_not_finite);
    CHECK(usual.shapes.empty());
}
