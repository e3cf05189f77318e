// SPDX-License-Identifier: MIT
#include <stet/tensor/impl/float_rules.hpp>

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cstdint>

namespace {

using namespace stet::detail;

template <float_format To>
constexpr std::uint32_t bits_of(float value)
{
    std::int32_t code = 0;
    narrow<f32_format, To, std::int32_t>(std::bit_cast<std::int32_t>(value), code);
    return static_cast<std::uint32_t>(code);
}

template <float_format To>
constexpr std::uint32_t bits_of(double value)
{
    std::int64_t code = 0;
    narrow<f64_format, To, std::int64_t>(std::bit_cast<std::int64_t>(value), code);
    return static_cast<std::uint32_t>(code);
}

template <float_format From>
constexpr float value_of(std::uint32_t code)
{
    std::int32_t bits = 0;
    widen<From, f32_format, std::int32_t>(static_cast<std::int32_t>(code), bits);
    return std::bit_cast<float>(bits);
}

// The first number that is too large, and the last that is not.
static_assert(bits_of<f16_format>(65520.0F) == 0x7C00 && bits_of<f16_format>(0x1.ffdffep15F) == 0x7BFF);
static_assert(bits_of<f8_e5m2_format>(61440.0F) == 0x7C && bits_of<f8_e5m2_format>(0x1.dffffep15F) == 0x7B);
static_assert(bits_of<f8_e4m3_format>(464.0F) == 0x7E && bits_of<f8_e4m3_format>(0x1p100F) == 0x7E);
static_assert(bits_of<f8_e4m3_nan_format>(464.0F) == 0x7E &&
              bits_of<f8_e4m3_nan_format>(0x1.d00002p8F) == 0x7F);
static_assert(bits_of<f8_e4m3_nan_format>(-465.0F) == 0xFF);
static_assert(bits_of<f8_e4m3fnuz_format>(248.0F) == 0x80 &&
              bits_of<f8_e4m3fnuz_format>(0x1.effffep7F) == 0x7F);
static_assert(bits_of<f8_e5m2fnuz_format>(61440.0F) == 0x80 &&
              bits_of<f8_e5m2fnuz_format>(-57344.0F) == 0xFF);
static_assert(bits_of<f32_format>(0x1.fffffefp127) == 0x7F7F'FFFF &&
              bits_of<f32_format>(0x1.ffffffp127) == 0x7F80'0000);

// Half of the smallest number goes to zero, what is a little more does not; FNUZ has no other zero.
static_assert(bits_of<f16_format>(0x1p-25F) == 0 && bits_of<f16_format>(-0x1.000002p-25F) == 0x8001);
static_assert(bits_of<f8_e4m3_format>(-0x1p-10F) == 0x80 && bits_of<f8_e4m3_format>(0x1.8p-10F) == 1);
static_assert(bits_of<f8_e4m3fnuz_format>(-0x1p-11F) == 0 &&
              bits_of<f8_e4m3fnuz_format>(-0x1.8p-11F) == 0x81);
static_assert(bits_of<f32_format>(0x1p-150) == 0 && bits_of<f32_format>(-0x1.8p-150) == 0x8000'0001);

// Between subnormal and normal there is no gap.
static_assert(bits_of<f16_format>(0x1.ffcp-15F) == 0x0400 && bits_of<f8_e4m3_format>(0x1.ep-7F) == 0x08);

static_assert(value_of<f16_format>(1) == 0x1p-24F && value_of<f16_format>(0x03FF) == 0x1.ff8p-15F);
static_assert(value_of<f16_format>(0xFBFF) == -65504.0F && value_of<bf16_format>(0x0001) == 0x1p-133F);
static_assert(value_of<f8_e5m2fnuz_format>(0x01) == 0x1p-17F && value_of<f8_e4m3_format>(0x87) == -0x1.cp-7F);

/// A subnormal number becomes a zero where a thread lets the processor flush them, unless nobody calculates with it.
constexpr double largest_subnormal = 0x1.fffffcp-127;
static_assert(bits_of<f32_format>(largest_subnormal) == 0x007F'FFFF);

} // namespace

TEST_CASE("every finite code of 16 bits is its number's own")
{
    std::uint32_t wrong = 0;
    for (std::uint32_t code = 0; code < 0x10000; ++code) {
        if ((code & 0x7FFFU) < 0x7C00U)
            wrong += bits_of<f16_format>(value_of<f16_format>(code)) == code ? 0U : 1U;
        if ((code & 0x7FFFU) < 0x7F80U)
            wrong += bits_of<bf16_format>(value_of<bf16_format>(code)) == code ? 0U : 1U;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a NaN keeps its sign and nothing else, where its type has one")
{
    const auto minus = std::bit_cast<float>(0xFF80'1234U);
    CHECK(bits_of<f16_format>(minus) == 0xFE00U);
    CHECK(bits_of<bf16_format>(minus) == 0xFFC0U);
    CHECK(bits_of<f8_e5m2_format>(minus) == 0xFFU);
    CHECK(bits_of<f8_e4m3_format>(minus) == 0xFFU);
    CHECK(bits_of<f8_e4m3fnuz_format>(minus) == 0x80U);
    CHECK(std::bit_cast<std::uint32_t>(value_of<f16_format>(0xFC01)) == 0xFFC0'0000U);
    CHECK(std::bit_cast<std::uint32_t>(value_of<f8_e5m2_format>(0x7D)) == 0x7FC0'0000U);
    CHECK(std::bit_cast<std::uint32_t>(value_of<f8_e4m3_format>(0xFF)) == 0xFFC0'0000U);
    CHECK(std::bit_cast<std::uint32_t>(value_of<f8_e5m2fnuz_format>(0x80)) == 0x7FC0'0000U);
}

TEST_CASE("BF16 is the first half of F32, its NaNs too")
{
    CHECK(std::bit_cast<std::uint32_t>(value_of<bf16_format>(0xFF81)) == 0xFF81'0000U);
}
