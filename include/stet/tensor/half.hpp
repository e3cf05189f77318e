// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_HALF_HPP
#define STET_TENSOR_HALF_HPP

#include "../vocabulary/config.hpp"
#include "dtype.hpp"

#include <bit>
#include <cstdint>

namespace STET_NAMESPACE {

/// The bits of a float as the nearest F16, ties to even; beyond 65504 infinity, a NaN stays one.
constexpr std::uint16_t f16_from_float(float value) noexcept
{
    const auto          bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits >> 16U & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U)
        return static_cast<std::uint16_t>(sign | 0x7E00U);
    if (magnitude >= 0x477FF000U) // rounds to 65536 or more
        return static_cast<std::uint16_t>(sign | 0x7C00U);
    if (magnitude < 0x33000001U) // half of the smallest F16 or less
        return static_cast<std::uint16_t>(sign);
    const std::uint32_t exponent = magnitude >> 23U;
    // Normal numbers keep 10 bits after the leading one, those below 2^-14 fewer.
    const bool          is_normal = exponent >= 113;
    const std::uint32_t significand = (magnitude & 0x007FFFFFU) | 0x00800000U;
    const std::uint32_t shift = is_normal ? 13U : 126U - exponent;
    const std::uint32_t kept = significand >> shift;
    const std::uint32_t rest = significand & ((1U << shift) - 1U);
    const std::uint32_t half = 1U << (shift - 1U);
    const std::uint32_t rounded = kept + (rest > half || (rest == half && (kept & 1U) != 0) ? 1U : 0U);
    const std::uint32_t base =
        is_normal ? (exponent - 113U) << 10U : 0U; // the leading one adds the last step
    return static_cast<std::uint16_t>(sign | (base + rounded));
}

constexpr float float_from_f16(std::uint16_t half) noexcept
{
    const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16U;
    const std::uint32_t exponent = half >> 10U & 0x1FU;
    std::uint32_t       fraction = half & 0x3FFU;
    if (exponent == 0x1F)
        return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13U);
    if (exponent != 0)
        return std::bit_cast<float>(sign | (exponent + 112U) << 23U | fraction << 13U);
    if (fraction == 0)
        return std::bit_cast<float>(sign);
    std::uint32_t shifted = 113;
    while ((fraction & 0x400U) == 0) {
        fraction <<= 1U;
        --shifted;
    }
    return std::bit_cast<float>(sign | shifted << 23U | (fraction & 0x3FFU) << 13U);
}

/// The bits of a float as the nearest BF16, ties to even; a NaN stays one.
constexpr std::uint16_t bf16_from_float(float value) noexcept
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U)
        return static_cast<std::uint16_t>(bits >> 16U | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16U & 1U)) >> 16U);
}

constexpr float float_from_bf16(std::uint16_t half) noexcept
{
    return std::bit_cast<float>(std::uint32_t{half} << 16U);
}

namespace detail {

/// A number of a sign, `8 - 1 - fraction_bits` bits of exponent and a fraction, without infinities and NaNs.
constexpr float float_from_byte(std::uint8_t code, unsigned fraction_width, unsigned bias) noexcept
{
    const std::uint32_t sign = std::uint32_t{code & 0x80U} << 24U;
    const std::uint32_t exponent = (code & 0x7FU) >> fraction_width;
    const std::uint32_t fraction = code & ((1U << fraction_width) - 1U);
    if (exponent != 0)
        return std::bit_cast<float>(sign | (exponent + 127U - bias) << 23U |
                                    fraction << (23U - fraction_width));
    const float step = std::bit_cast<float>((128U - bias - fraction_width) << 23U);
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(static_cast<float>(fraction) * step));
}

} // namespace detail

/// The value of an 8-bit float; every one is a float. NaN for a dtype that is none.
/// source: OCP, 8-bit Floating Point Specification 1.0 and Microscaling Formats 1.0; FNUZ: Graphcore and AMD, 2022
constexpr float float_from_f8(dtype type, std::uint8_t code) noexcept
{
    constexpr std::uint32_t nan = 0x7FC00000U;
    const bool              is_last = (code & 0x7FU) == 0x7FU;
    if (type == dtype::f8_e5m2)
        return float_from_f16(static_cast<std::uint16_t>(code << 8U)); // its first half
    if (type == dtype::f8_e4m3 && !is_last)
        return detail::float_from_byte(code, 3, 7);
    if (type == dtype::f8_e4m3fnuz && code != 0x80U)
        return detail::float_from_byte(code, 3, 8);
    if (type == dtype::f8_e5m2fnuz && code != 0x80U)
        return detail::float_from_byte(code, 2, 16);
    if (type == dtype::f8_e8m0 && code != 0xFFU)
        return std::bit_cast<float>(code == 0 ? 0x00400000U : std::uint32_t{code} << 23U);
    return std::bit_cast<float>(nan);
}

} // namespace STET_NAMESPACE

#endif
