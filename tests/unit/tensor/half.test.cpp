// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/tensor/half.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

using stet::bf16_from_float;
using stet::f16_from_float;
using stet::float_from_bf16;
using stet::float_from_f16;

static_assert(f16_from_float(1.0F) == 0x3C00 && f16_from_float(-2.0F) == 0xC000 && f16_from_float(0.0F) == 0);
static_assert(f16_from_float(65504.0F) == 0x7BFF && f16_from_float(65519.0F) == 0x7BFF);
static_assert(f16_from_float(65520.0F) == 0x7C00 &&
              f16_from_float(-1e30F) == 0xFC00); // the tie goes to infinity
static_assert(f16_from_float(0x1p-24F) == 1 && f16_from_float(0x1p-25F) == 0 &&
              f16_from_float(0x1.8p-25F) == 1);
static_assert(f16_from_float(0x1p-14F) == 0x0400 && f16_from_float(0x1.ff8p-15F) == 0x03FF);
static_assert(f16_from_float(0x1.ffcp-15F) == 0x0400); // the largest subnormal and a half becomes normal
static_assert(std::bit_cast<std::uint32_t>(float_from_f16(0x8000)) == 0x80000000U);
static_assert(std::bit_cast<std::uint32_t>(float_from_f16(0x0001)) == 0x33800000U);
static_assert(std::bit_cast<std::uint32_t>(float_from_f16(0x7C00)) == 0x7F800000U);
static_assert(bf16_from_float(1.0F) == 0x3F80 && bf16_from_float(-0.0F) == 0x8000);
static_assert(bf16_from_float(std::bit_cast<float>(0x3F808000U)) == 0x3F80); // ties to even
static_assert(bf16_from_float(std::bit_cast<float>(0x3F818000U)) == 0x3F82);
static_assert(bf16_from_float(std::numeric_limits<float>::max()) == 0x7F80);

float float_of(std::uint32_t bits)
{
    return std::bit_cast<float>(bits);
}

/// What a 16-bit float of that many exponent and fraction bits says, by its definition. Not for infinities and NaNs.
double value_of(std::uint32_t bits, int exponent_bits, int fraction_bits)
{
    const int    bias = (1 << (exponent_bits - 1)) - 1;
    const auto   exponent = static_cast<int>(bits >> fraction_bits & ((1U << exponent_bits) - 1U));
    const double fraction =
        std::ldexp(static_cast<double>(bits & ((1U << fraction_bits) - 1U)), -fraction_bits);
    const double size =
        exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias);
    return (bits & 0x8000U) != 0 ? -size : size;
}

/// Rounds by looking for the two neighbours in a list of all values, which has one beyond the largest for infinity.
class slow_rounding {
public:
    slow_rounding(int exponent_bits, int fraction_bits)
    {
        const std::uint32_t infinity = ((1U << exponent_bits) - 1U) << fraction_bits;
        for (std::uint32_t bits = 0; bits <= infinity; ++bits)
            values_.push_back(
                value_of(bits, exponent_bits, fraction_bits)); // infinity as the next power of two
    }

    std::uint16_t operator()(float value) const
    {
        const std::uint32_t sign = std::signbit(value) ? 0x8000U : 0U;
        const double        size = std::fabs(static_cast<double>(value));
        const auto          above = std::lower_bound(values_.begin(), values_.end(), size);
        if (above == values_.end())
            return static_cast<std::uint16_t>(sign | (values_.size() - 1));
        std::size_t nearest = static_cast<std::size_t>(above - values_.begin());
        if (nearest != 0) {
            const double up = *above - size;
            const double down = size - *(above - 1);
            if (down < up || (down <= up && nearest % 2 == 1)) // even bits, even value
                --nearest;
        }
        return static_cast<std::uint16_t>(sign | nearest);
    }

private:
    std::vector<double> values_{};
};

/// Floats of every exponent, those next to every border, and many at random.
template <class Check>
void each_float(Check check)
{
    for (std::uint32_t half = 0; half < 0x8000; ++half) {
        for (const std::uint32_t bits : {half << 13U, half << 16U}) {
            for (const std::uint32_t near : {bits - 1, bits, bits + 1, bits + 0xFFF, bits + 0x1000,
                                             bits + 0x1001, bits + 0x7FFF, bits + 0x8000, bits + 0x8001})
            {
                check(near & 0x7FFFFFFFU);
                check(near | 0x80000000U);
            }
        }
    }
    support::dice dice(1);
    for (int i = 0; i < 500'000; ++i) {
        check(static_cast<std::uint32_t>(dice.next()));
        // of the exponents at which F16 is subnormal or overflows
        const auto fraction = static_cast<std::uint32_t>(dice.next()) & 0x807FFFFFU;
        check(fraction | static_cast<std::uint32_t>(dice.between(99, 115)) << 23U);
        check(fraction | static_cast<std::uint32_t>(dice.between(141, 144)) << 23U);
    }
}

/// How many floats are rounded otherwise than the slow way does it.
std::size_t differing(const slow_rounding& slow, std::uint16_t (*fast)(float))
{
    std::size_t count = 0;
    each_float([&](std::uint32_t bits) {
        const float value = float_of(bits);
        if (!std::isnan(value) && slow(value) != fast(value))
            ++count;
    });
    return count;
}

} // namespace

TEST_CASE("every 16-bit value becomes the float it stands for and comes back")
{
    std::size_t wrong = 0;
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto  half = static_cast<std::uint16_t>(bits);
        const float from_f16 = float_from_f16(half);
        const float from_bf16 = float_from_bf16(half);
        const bool  f16_is_nan = (bits & 0x7FFFU) > 0x7C00U;
        const bool  bf16_is_nan = (bits & 0x7FFFU) > 0x7F80U;
        if (f16_is_nan)
            wrong += std::isnan(from_f16) && (f16_from_float(from_f16) & 0x7FFFU) > 0x7C00U ? 0U : 1U;
        else if (f16_from_float(from_f16) != half)
            ++wrong;
        if (!f16_is_nan && (bits & 0x7FFFU) != 0x7C00U &&
            !(std::fabs(static_cast<double>(from_f16) - value_of(bits, 5, 10)) <= 0))
            ++wrong;
        if (bf16_is_nan)
            wrong += std::isnan(from_bf16) && (bf16_from_float(from_bf16) & 0x7FFFU) > 0x7F80U ? 0U : 1U;
        else if (bf16_from_float(from_bf16) != half)
            ++wrong;
        if (!bf16_is_nan && (bits & 0x7FFFU) != 0x7F80U &&
            !(std::fabs(static_cast<double>(from_bf16) - value_of(bits, 8, 7)) <= 0))
            ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a float becomes the nearest F16, the even one of two")
{
    CHECK(differing(slow_rounding(5, 10), f16_from_float) == 0);
}

TEST_CASE("a float becomes the nearest BF16, the even one of two")
{
    CHECK(differing(slow_rounding(8, 7), bf16_from_float) == 0);
}

TEST_CASE("infinities stay and keep their sign")
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    CHECK(f16_from_float(infinity) == 0x7C00);
    CHECK(f16_from_float(-infinity) == 0xFC00);
    CHECK(bf16_from_float(infinity) == 0x7F80);
    CHECK(bf16_from_float(-infinity) == 0xFF80);
}

TEST_CASE("every NaN stays one, those whose bits are in the half that falls away too")
{
    for (const std::uint32_t bits :
         {0x7FC00000U, 0x7F800001U, 0x7F808000U, 0x7FFFFFFFU, 0xFFFFFFFFU, 0xFF800001U, 0x7F80FFFFU})
    {
        CAPTURE(bits);
        CHECK((f16_from_float(float_of(bits)) & 0x7FFFU) > 0x7C00U);
        CHECK((bf16_from_float(float_of(bits)) & 0x7FFFU) > 0x7F80U);
        CHECK((f16_from_float(float_of(bits)) & 0x8000U) == (bits >> 16U & 0x8000U));
        CHECK((bf16_from_float(float_of(bits)) & 0x8000U) == (bits >> 16U & 0x8000U));
    }
}

TEST_CASE("8-bit floats have the values of their specifications")
{
    using stet::dtype;
    using stet::float_from_f8;
    const auto is_nan = [](float value) { return value != value; }; // NOLINT(misc-redundant-expression)
    CHECK(float_from_f8(dtype::f8_e4m3, 0x7E) == 448.0F);
    CHECK(float_from_f8(dtype::f8_e4m3, 0x01) == 0x1p-9F);
    CHECK(std::bit_cast<std::uint32_t>(float_from_f8(dtype::f8_e4m3, 0x80)) == 0x80000000U);
    CHECK(is_nan(float_from_f8(dtype::f8_e4m3, 0x7F)));
    CHECK(is_nan(float_from_f8(dtype::f8_e4m3, 0xFF)));
    CHECK(float_from_f8(dtype::f8_e5m2, 0x7B) == 57'344.0F);
    CHECK(std::bit_cast<std::uint32_t>(float_from_f8(dtype::f8_e5m2, 0xFC)) == 0xFF800000U); // minus infinity
    CHECK(float_from_f8(dtype::f8_e5m2, 0x01) == 0x1p-16F);
    CHECK(float_from_f8(dtype::f8_e4m3fnuz, 0x7F) == 240.0F);
    CHECK(float_from_f8(dtype::f8_e4m3fnuz, 0x01) == 0x1p-10F);
    CHECK(is_nan(float_from_f8(dtype::f8_e4m3fnuz, 0x80)));
    CHECK(-float_from_f8(dtype::f8_e5m2fnuz, 0xFF) == 57'344.0F);
    CHECK(float_from_f8(dtype::f8_e5m2fnuz, 0x01) == 0x1p-17F);
    CHECK(is_nan(float_from_f8(dtype::f8_e5m2fnuz, 0x80)));
    float power = 0x1p-127F;
    for (unsigned code = 0; code < 255; ++code, power *= 2)
        CHECK(std::bit_cast<std::uint32_t>(float_from_f8(dtype::f8_e8m0, static_cast<std::uint8_t>(code))) ==
              std::bit_cast<std::uint32_t>(power));
    CHECK(is_nan(float_from_f8(dtype::f8_e8m0, 0xFF)));
    CHECK(is_nan(float_from_f8(dtype::f32, 0)));
}

TEST_CASE("a float becomes the 8-bit float of each type that is nearest")
{
    using stet::dtype;
    using stet::casts::f8_from_float;
    for (unsigned code = 0; code < 256; ++code) {
        for (const dtype type : {dtype::f8_e4m3, dtype::f8_e5m2, dtype::f8_e4m3fnuz, dtype::f8_e5m2fnuz}) {
            const float value = stet::float_from_f8(type, static_cast<std::uint8_t>(code));
            CAPTURE(stet::name(type), code);
            if (std::isnan(value) || (std::isinf(value) && type != dtype::f8_e5m2))
                continue;
            CHECK(f8_from_float(type, value) == code);
        }
    }
    CHECK(f8_from_float(dtype::f8_e4m3, 465.0F) == 0x7E);
    CHECK(f8_from_float(dtype::f8_e4m3, 465.0F, stet::casts::too_large::becomes_nan) == 0x7F);
    CHECK(f8_from_float(dtype::f8_e5m2, -61'440.0F) == 0xFC);
    CHECK(f8_from_float(dtype::f8_e4m3fnuz, 248.0F) == 0x80);
    CHECK(f8_from_float(dtype::f8_e5m2fnuz, -0.0F) == 0);
    CHECK(f8_from_float(dtype::f32, 1.0F) == 0x80);
}
