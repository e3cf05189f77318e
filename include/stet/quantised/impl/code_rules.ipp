// SPDX-License-Identifier: MIT
#include "../../tensor/half.hpp"
#include "code_rules.hpp"
#include "level_values.hpp"
#include "value_words.hpp"

#include <bit>
#include <cmath>

namespace STET_NAMESPACE::detail {

STET_INLINE float largest_of(const float* values, std::size_t count, float before) noexcept
{
    auto most = std::bit_cast<std::uint32_t>(before); // magnitudes rank as their bits do, NaN above infinity
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(values[i]) & 0x7FFFFFFFU;
        most = magnitude > most ? magnitude : most;
    }
    return std::bit_cast<float>(most);
}

/// The same kept within a range; a NaN stays one.
constexpr float kept_within(float value, float range) noexcept
{
    return value > range ? range : (value < -range ? -range : value);
}

inline float float8_scale(float largest, dtype codes, dtype values) noexcept
{
    constexpr float least = 0x1p-126F; // what is below has an inverse that is none
    if (is_zero(largest))
        return 1;
    const float exact = largest / (codes == dtype::f8_e4m3 ? 448.0F : 57344.0F);
    const float scale = exact < least ? least : exact;
    if (values != dtype::f16)
        return scale;
    const float inverse = 1.0F / scale;
    return 1.0F / (inverse < 65504.0F ? inverse : 65504.0F);
}

inline float nvfp4_scale(float largest, dtype values) noexcept
{
    const float exact = largest / 2688.0F;
    const float rounded = rounded_to(values, exact);
    const float scale = is_zero(rounded) ? exact : rounded;
    return is_zero(scale) ? 1.0F : scale;
}

inline float int8_scale(float largest) noexcept
{
    const float scale = largest / 127.0F;
    return scale > 1e-30F ? scale : 1e-30F;
}

STET_INLINE float whole_scale(float largest, value_rule rule, dtype codes, dtype values) noexcept
{
    if (rule == value_rule::nvfp4)
        return nvfp4_scale(largest, values);
    if (rule != value_rule::bytes)
        return 1;
    return codes == dtype::i8 ? int8_scale(largest) : float8_scale(largest, codes, values);
}

STET_INLINE float row_scale(float largest, value_rule rule) noexcept
{
    if (rule == value_rule::convrot_w4a4)
        return (largest > 1e-10F ? largest : 1e-10F) / 7.0F;
    return int8_scale(largest); // of asym_w4a8 too: the row's integers reach 127
}

STET_INLINE void scale_for_float8(float* values, std::size_t count, float scale, dtype codes,
                                  dtype type) noexcept
{
    const float inverse = rounded_to(type, 1.0F / scale);
    const float range = codes == dtype::f8_e4m3 ? 448.0F : 57344.0F;
    for (std::size_t i = 0; i < count; ++i)
        values[i] *= inverse;
    round_all(type, values, count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = kept_within(values[i], range);
}

STET_INLINE void int8_codes(float* values, std::size_t count, float scale, dtype type, std::byte* to) noexcept
{
    const float rounded = rounded_to(type, scale);
    const float divisor = !is_zero(rounded) ? rounded : (type == dtype::f16 ? 0x1p-14F : 0x1p-126F);
    for (std::size_t i = 0; i < count; ++i)
        values[i] /= divisor;
    round_all(type, values, count);
    for (std::size_t i = 0; i < count; ++i)
        to[i] = static_cast<std::byte>(rounded_between(values[i], -128, 127));
}

STET_INLINE std::uint8_t nvfp4_block_scale(const float* values, std::size_t count, float whole) noexcept
{
    const float sixth = largest_of(values, count) / 6.0F; // by itself, so that it is rounded everywhere
    const float scale = sixth / whole;
    return casts::f8_from_float(dtype::f8_e4m3, kept_within(scale, 448.0F));
}

STET_INLINE void nvfp4_codes(const float* values, std::size_t count, float whole, std::uint8_t scale,
                             std::byte* to) noexcept
{
    const float step = whole * float_from_f8(dtype::f8_e4m3, scale);
    for (std::size_t i = 0; i < 16; i += 2) {
        unsigned both = 0;
        for (std::size_t k = i; k < i + 2; ++k) {
            const bool has_code = !is_zero(step) && k < count;
            both = both << 4U | (has_code ? unsigned{e2m1_from_float(values[k] / step)} : 0U);
        }
        to[i / 2] = static_cast<std::byte>(both);
    }
}

/// The logarithm is rounded to a float before it is rounded up: just above a power of two it is the power's.
STET_INLINE std::uint8_t mxfp8_block_scale(const float* values, std::size_t count) noexcept
{
    const float largest = largest_of(values, count);
    if (is_zero(largest))
        return 0;
    const float least = largest / 448.0F;
    const float wanted = least > 0x1p-127F ? least : 0x1p-127F;
    const auto  exponent =
        static_cast<int>(std::ceil(static_cast<float>(std::log2(static_cast<double>(wanted)))));
    const int code = exponent + 127;
    return static_cast<std::uint8_t>(code < 0 ? 0 : (code > 254 ? 254 : code));
}

STET_INLINE void mxfp8_codes(const float* values, std::size_t count, std::uint8_t scale,
                             std::byte* to) noexcept
{
    const float divisor = block_scale_from_e8m0(scale);
    for (std::size_t i = 0; i < 32; ++i) {
        float value = i < count ? values[i] : 0.0F;
        if (!is_zero(divisor))
            value = kept_within(value / divisor, 448.0F);
        else if (!is_zero(value)) // so close to 0 that its readers see 0, whatever the code
            value = value > 0 ? 448.0F : -448.0F;
        to[i] = static_cast<std::byte>(casts::f8_from_float(dtype::f8_e4m3, value));
    }
}

STET_INLINE void int4_codes(const float* values, std::size_t count, float scale, std::byte* to) noexcept
{
    for (std::size_t i = 0; i < count; i += 2) {
        const auto low = static_cast<unsigned>(rounded_between(values[i] / scale, -7, 7)) & 0xFU;
        const auto high = static_cast<unsigned>(rounded_between(values[i + 1] / scale, -7, 7)) & 0xFU;
        to[i / 2] = static_cast<std::byte>(low | high << 4U);
    }
}

} // namespace STET_NAMESPACE::detail
