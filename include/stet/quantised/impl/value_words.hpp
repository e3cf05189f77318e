// SPDX-License-Identifier: MIT
// Numbers rounded to the types that values of quantised layers are given in: F32, F16, BF16; ties to even.
#ifndef STET_QUANTISED_IMPL_VALUE_WORDS_HPP
#define STET_QUANTISED_IMPL_VALUE_WORDS_HPP

#include "../../tensor/half.hpp"
#include "../../vocabulary/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The types in which values are taken and given.
constexpr bool is_value_type(dtype type) noexcept
{
    return type == dtype::f32 || type == dtype::f16 || type == dtype::bf16;
}

/// The bits of the nearest number of that type, in the lowest ones.
constexpr std::uint32_t word_of(dtype type, float value) noexcept
{
    if (type == dtype::bf16)
        return bf16_from_float(value);
    if (type == dtype::f16)
        return f16_from_float(value);
    return std::bit_cast<std::uint32_t>(value);
}

/// The number that the lowest bits are.
constexpr float value_of(dtype type, std::uint32_t word) noexcept
{
    if (type == dtype::bf16)
        return float_from_bf16(static_cast<std::uint16_t>(word));
    if (type == dtype::f16)
        return float_from_f16(static_cast<std::uint16_t>(word));
    return std::bit_cast<float>(word);
}

/// The nearest number of that type.
constexpr float rounded_to(dtype type, float value) noexcept
{
    return value_of(type, word_of(type, value));
}

/// The largest float.
inline constexpr float most_finite = 0x1.fffffep127F;

constexpr bool is_zero(float value) noexcept
{
    return (std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU) == 0;
}

constexpr bool is_nan(float value) noexcept
{
    return (std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU) > 0x7F800000U;
}

/// Numbers as they lie in a file, as floats. from: at any address
void floats_from(dtype type, const std::byte* from, std::size_t count, float* to) noexcept;

/// Floats as numbers of that type in the host's byte order, or codes of a type of one byte. to: at any address
void words_from(const float* from, std::size_t count, dtype type, std::byte* to) noexcept;

/// Rounds all of them to that type.
void round_all(dtype type, float* values, std::size_t count) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "value_words.ipp"
#endif

#endif
