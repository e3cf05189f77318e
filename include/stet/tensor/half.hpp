// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_HALF_HPP
#define STET_TENSOR_HALF_HPP

#include "../vocabulary/config.hpp"
#include "dtype.hpp"
#include "impl/float_rules.hpp"

#include <bit>
#include <cstdint>

namespace STET_NAMESPACE {

/// The bits of a float as the nearest F16, ties to even; beyond 65504 infinity, a NaN 7E00 with its sign.
constexpr std::uint16_t f16_from_float(float value) noexcept
{
    return static_cast<std::uint16_t>(detail::code_from_float<detail::f16_format>(value));
}

/// A NaN becomes 7FC00000 with its sign.
constexpr float float_from_f16(std::uint16_t half) noexcept
{
    return detail::float_from_code<detail::f16_format>(half);
}

/// The bits of a float as the nearest BF16, ties to even; a NaN becomes 7FC0 with its sign.
constexpr std::uint16_t bf16_from_float(float value) noexcept
{
    return static_cast<std::uint16_t>(detail::code_from_float<detail::bf16_format>(value));
}

/// A NaN keeps its bits.
constexpr float float_from_bf16(std::uint16_t half) noexcept
{
    return detail::float_from_code<detail::bf16_format>(half);
}

/// The value of an 8-bit float; every one is a float. NaN for a dtype that is none, and 7FC00000 for every NaN, with the
/// sign if it has one.
/// source: OCP, 8-bit Floating Point Specification 1.0 and Microscaling Formats 1.0; FNUZ: Graphcore and AMD, 2022
constexpr float float_from_f8(dtype type, std::uint8_t code) noexcept
{
    if (type == dtype::f8_e5m2)
        return detail::float_from_code<detail::f8_e5m2_format>(code);
    if (type == dtype::f8_e4m3)
        return detail::float_from_code<detail::f8_e4m3_format>(code);
    if (type == dtype::f8_e4m3fnuz)
        return detail::float_from_code<detail::f8_e4m3fnuz_format>(code);
    if (type == dtype::f8_e5m2fnuz)
        return detail::float_from_code<detail::f8_e5m2fnuz_format>(code);
    if (type == dtype::f8_e8m0 && code != 0xFFU)
        return std::bit_cast<float>(code == 0 ? 0x00400000U : std::uint32_t{code} << 23U);
    return std::bit_cast<float>(0x7FC00000U);
}

namespace casts {

/// A float as the nearest 8-bit float, ties to even. Too large, it becomes an infinity in F8_E5M2, the NaN in the FNUZ
/// types, and what `beyond` says in F8_E4M3. A NaN becomes 7F with its sign, in the FNUZ types 80, which is also what a
/// dtype becomes that is none of these four.
/// source: torch 2.15
constexpr std::uint8_t f8_from_float(dtype type, float value,
                                     too_large beyond = too_large::saturates) noexcept
{
    std::uint32_t code = 0x80;
    if (type == dtype::f8_e5m2)
        code = detail::code_from_float<detail::f8_e5m2_format>(value);
    if (type == dtype::f8_e4m3)
        code = beyond == too_large::saturates ? detail::code_from_float<detail::f8_e4m3_format>(value)
                                              : detail::code_from_float<detail::f8_e4m3_nan_format>(value);
    if (type == dtype::f8_e4m3fnuz)
        code = detail::code_from_float<detail::f8_e4m3fnuz_format>(value);
    if (type == dtype::f8_e5m2fnuz)
        code = detail::code_from_float<detail::f8_e5m2fnuz_format>(value);
    return static_cast<std::uint8_t>(code);
}

} // namespace casts

} // namespace STET_NAMESPACE

#endif
