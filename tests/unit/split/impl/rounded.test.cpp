// SPDX-License-Identifier: MIT
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/split/impl/rounded.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace {

constexpr bool rounds(float from, float to)
{
    return stet::detail::rounded_f32(std::bit_cast<std::uint32_t>(from)) == std::bit_cast<std::uint32_t>(to);
}

static_assert(rounds(0.0F, 0.0F) && rounds(-0.0F, -0.0F) && rounds(0.49F, 0.0F) && rounds(-0.49F, -0.0F));
static_assert(rounds(0.5F, 0.0F) && rounds(1.5F, 2.0F) && rounds(2.5F, 2.0F) &&
              rounds(3.5F, 4.0F)); // ties to even
static_assert(rounds(0.51F, 1.0F) && rounds(0.99F, 1.0F) && rounds(1.0F, 1.0F) && rounds(1.49F, 1.0F));
static_assert(rounds(-1.5F, -2.0F) && rounds(-2.5F, -2.0F) && rounds(75.6F, 76.0F));
static_assert(rounds(4194303.5F, 4194304.0F) && rounds(8388607.0F, 8388607.0F) && rounds(1e20F, 1e20F));
static_assert(rounds(std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()));
static_assert(rounds(std::numeric_limits<float>::denorm_min(), 0.0F));

} // namespace

TEST_CASE("every 9973rd float is rounded as nearbyint does it")
{
    std::uint32_t wrong = 0;
    for (std::uint64_t wide = 0; wide <= 0xFFFFFFFFU; wide += 9973) {
        const auto  bits = static_cast<std::uint32_t>(wide);
        const float value = std::bit_cast<float>(bits);
        if (!std::isnan(value) &&
            stet::detail::rounded_f32(bits) != std::bit_cast<std::uint32_t>(std::nearbyint(value)))
            ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a rounded tensor writes its elements rounded")
{
    constexpr std::array<float, 4> given{0.0F, 1.4F, 1.6F, 2.5F};
    constexpr std::array<float, 4> expected{0.0F, 1.0F, 2.0F, 2.0F};
    const auto                     view = stet::view_of(given, {1, 4});
    REQUIRE(view);
    const stet::detail::rounded own(*view);
    CHECK(own.view().shape.size() == 2);
    CHECK(support::poured(own.view()) == support::poured(stet::view_of(expected, {1, 4})));
}

TEST_CASE("a sink that fails ends the writing of a rounded tensor")
{
    constexpr std::array<float, 4> given{0.0F, 1.4F, 1.6F, 2.5F};
    const auto                     view = stet::view_of(given, {4});
    REQUIRE(view);
    const stet::detail::rounded own(*view);
    support::piece_sink         sink{.fails_at = 1};
    const auto                  poured = stet::pour(own.view(), sink);
    REQUIRE_FALSE(poured);
    CHECK(poured.error().code == stet::errc::sink_refused);
    CHECK(sink.calls == 2);
}
