// SPDX-License-Identifier: MIT
// What codes of a few bits stand for, before they are scaled.
#ifndef STET_QUANTISED_IMPL_LEVEL_VALUES_HPP
#define STET_QUANTISED_IMPL_LEVEL_VALUES_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The values of F4 (E2M1) by code: a sign, two bits of exponent, one of fraction.
/// source: OCP Microscaling Formats 1.0
inline constexpr std::array<float, 16> e2m1_values{0.0F,  0.5F,  1.0F,  1.5F,  2.0F,  3.0F,  4.0F,  6.0F,
                                                   -0.0F, -0.5F, -1.0F, -1.5F, -2.0F, -3.0F, -4.0F, -6.0F};

/// The code of the nearest value of E2M1, of two as near the even one; beyond 6 the last. Not for NaN.
constexpr std::uint8_t e2m1_from_float(float value) noexcept
{
    const auto  bits = std::bit_cast<std::uint32_t>(value);
    const float magnitude = std::bit_cast<float>(bits & 0x7FFFFFFFU);
    // One for each middle between two values that it has passed; on a middle the even code counts.
    const unsigned code = (magnitude > 0.25F ? 1U : 0U) + (magnitude >= 0.75F ? 1U : 0U) +
                          (magnitude > 1.25F ? 1U : 0U) + (magnitude >= 1.75F ? 1U : 0U) +
                          (magnitude > 2.5F ? 1U : 0U) + (magnitude >= 3.5F ? 1U : 0U) +
                          (magnitude > 5.0F ? 1U : 0U);
    return static_cast<std::uint8_t>(bits >> 31U << 3U | code);
}

/// The scale of a block of mxfp8 as its readers take it: 0 is zero, 255 is infinity.
constexpr float block_scale_from_e8m0(std::uint8_t code) noexcept
{
    return std::bit_cast<float>(std::uint32_t{code} << 23U);
}

/// The nearest integer, ties to even, kept between two; the lower of them for a NaN.
/// lowest, highest: integers, less than 2^22 from zero
constexpr int rounded_between(float value, float lowest, float highest) noexcept
{
    constexpr float shift = 0x1.8p23F; // a float so large has no fraction: what is added to it is rounded
    constexpr std::uint32_t shift_bits = 0x4B400000U;
    const float             above = value >= lowest ? value : lowest;
    const float             shifted = (above <= highest ? above : highest) + shift;
    return static_cast<int>(std::bit_cast<std::uint32_t>(shifted) - shift_bits);
}

} // namespace STET_NAMESPACE::detail

#endif
