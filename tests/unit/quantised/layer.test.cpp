// SPDX-License-Identifier: MIT
#include <stet/quantised/layer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <type_traits>

using stet::quantised::companion;
using stet::quantised::layer;
using stet::quantised::logical_shape;

static_assert(std::is_trivially_copyable_v<layer> && std::is_trivially_copyable_v<stet::quantised::format>);

TEST_CASE("a companion is found by its name")
{
    constexpr std::array<companion, 2> companions{
        {{.name = "weight_scale", .position = 7}, {.name = "weight.absmax", .position = 9}}};
    const layer one{.name = "a.b", .companions = companions};
    CHECK(one.position_of("weight_scale") == 7);
    CHECK(one.position_of("weight.absmax") == 9);
    CHECK(one.position_of("absmax") == stet::quantised::no_tensor);
    CHECK(one.weight == stet::quantised::no_tensor);
    CHECK(one.described_by == stet::quantised::described_by::nothing);
}

TEST_CASE("a shape is known when rows and columns are, or all of it")
{
    CHECK_FALSE(logical_shape{}.is_known());
    CHECK_FALSE(logical_shape{.rows = 4}.is_known());
    CHECK_FALSE(logical_shape{.columns = 4}.is_known());
    CHECK(logical_shape{.rows = 4, .columns = 2}.is_known());
    CHECK(logical_shape{.whole = {2, 3, 4}}.is_known());
}
