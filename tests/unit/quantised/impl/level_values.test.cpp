// SPDX-License-Identifier: MIT
#include "support/exact_floats.hpp"

#include <stet/quantised/impl/level_values.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

using stet::detail::block_scale_from_e8m0;
using stet::detail::e2m1_from_float;
using stet::detail::e2m1_values;
using stet::detail::rounded_between;

TEST_CASE("every code of E2M1 is that of its value")
{
    for (std::size_t code = 0; code < 16; ++code)
        CHECK(e2m1_from_float(e2m1_values[code]) == code);
}

TEST_CASE("between two values of E2M1 the nearest counts, in the middle the one with the even code")
{
    CHECK(e2m1_from_float(0.25F) == 0);
    CHECK(e2m1_from_float(0.26F) == 1);
    CHECK(e2m1_from_float(0.75F) == 2);
    CHECK(e2m1_from_float(1.25F) == 2);
    CHECK(e2m1_from_float(1.75F) == 4);
    CHECK(e2m1_from_float(2.5F) == 4);
    CHECK(e2m1_from_float(3.5F) == 6);
    CHECK(e2m1_from_float(5.0F) == 6);
    CHECK(e2m1_from_float(5.1F) == 7);
    CHECK(e2m1_from_float(1e9F) == 7);
    CHECK(e2m1_from_float(-0.1F) == 8); // the sign stays
    CHECK(e2m1_from_float(-std::numeric_limits<float>::infinity()) == 15);
}

TEST_CASE("block scales are powers of two, zero and infinity")
{
    CHECK(block_scale_from_e8m0(127) == 1.0F);
    CHECK(block_scale_from_e8m0(254) == 0x1p127F);
    CHECK(block_scale_from_e8m0(1) == 0x1p-126F);
    CHECK(block_scale_from_e8m0(0) == 0.0F);
    CHECK(block_scale_from_e8m0(255) == std::numeric_limits<float>::infinity());
}

TEST_CASE("numbers become the nearest integers, ties even, within bounds")
{
    CHECK(rounded_between(2.5F, -128, 127) == 2);
    CHECK(rounded_between(3.5F, -128, 127) == 4);
    CHECK(rounded_between(-2.5F, -128, 127) == -2);
    CHECK(rounded_between(-0.75F, -128, 127) == -1);
    CHECK(rounded_between(1e-30F, -128, 127) == 0);
    CHECK(rounded_between(127.6F, -128, 127) == 127);
    CHECK(rounded_between(-1e30F, -128, 127) == -128);
    CHECK(rounded_between(std::numeric_limits<float>::infinity(), -7, 7) == 7);
    CHECK(rounded_between(std::numeric_limits<float>::quiet_NaN(), -7, 7) == -7);
    for (int i = -98'000; i < 98'000; i += 7) {
        const float value = static_cast<float>(i) / 777.0F;
        CHECK(rounded_between(value, -128, 127) == static_cast<int>(std::nearbyint(value)));
    }
}
