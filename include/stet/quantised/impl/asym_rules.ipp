// SPDX-License-Identifier: MIT
#include "../../tensor/half.hpp"
#include "asym_rules.hpp"
#include "code_rules.hpp"
#include "level_values.hpp"
#include "value_words.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE asym_levels asym_levels::of(unsigned bits, bool has_table) noexcept
{
    asym_levels levels;
    levels.count = bits == 6 ? 64 : 16;
    const unsigned half = levels.count / 2;
    for (unsigned i = 0; i < levels.count; ++i)
        levels.values[i] = has_table ? usual_levels[i] : static_cast<float>(i) - static_cast<float>(half);
    if (!has_table)
        levels.first_reach = static_cast<float>(half - 1);
    levels.passes = has_table || bits == 6 ? 2 : 0;
    levels.has_trials = bits == 6;
    return levels;
}

/// Numbers in ascending order, and the middles between them.
struct nearest_of {
    std::array<float, 64> middles;
    unsigned              count;

    /// The index of the nearest, of two the lower.
    std::uint8_t operator()(float value) const noexcept
    {
        unsigned index = 0;
        for (unsigned i = 0; i + 1 < count; ++i)
            index += value > middles[i] ? 1U : 0U;
        return static_cast<std::uint8_t>(index);
    }
};

inline nearest_of nearest_among(const std::array<float, 64>& numbers, unsigned count) noexcept
{
    nearest_of nearest{.middles = {}, .count = count};
    for (unsigned i = 0; i + 1 < count; ++i)
        nearest.middles[i] = (numbers[i] + numbers[i + 1]) / 2;
    return nearest;
}

/// Fits the scale of a group. codes: those of the last pass, by which the scale was fitted
inline float fitted_asym_scale(const asym_levels& levels, const float* values, std::size_t count,
                               std::uint8_t* codes) noexcept
{
    const nearest_of nearest = nearest_among(levels.values, levels.count);
    float            scale = largest_of(values, count) / levels.first_reach;
    for (unsigned pass = 0; pass < levels.passes || pass == 0; ++pass) {
        float products = 0;
        float squares = 0;
        for (std::size_t i = 0; i < count; ++i) {
            codes[i] = nearest(is_zero(scale) ? 0.0F : values[i] / scale);
            const float level = levels.values[codes[i]];
            products += values[i] * level;
            squares += level * level;
        }
        if (levels.passes != 0 && squares > 0)
            scale = products / squares;
    }
    return scale;
}

STET_INLINE float asym_reach(const asym_levels& levels, const float* values, std::size_t count,
                             std::size_t group, std::uint8_t* codes) noexcept
{
    float reach = 0;
    for (std::size_t begin = 0; begin < count; begin += group) {
        const float scale = fitted_asym_scale(levels, values + begin, group, codes);
        for (std::size_t i = 0; i < group; ++i) {
            const float value = scale * levels.values[codes[i]];
            const float magnitude = value < 0 ? -value : value;
            reach = magnitude > reach ? magnitude : reach;
        }
    }
    return reach;
}

/// Codes of a group under a scale, each the one whose integer is nearest. returns: the sum of the squared errors
inline float code_by_integers(const asym_levels& levels, const float* values, std::size_t count,
                              float row_scale, float scale, std::uint8_t* codes) noexcept
{
    std::array<float, 64> wholes{};
    for (unsigned i = 0; i < levels.count; ++i)
        wholes[i] = static_cast<float>(rounded_between(levels.values[i] * scale, -127, 127));
    const nearest_of nearest = nearest_among(wholes, levels.count);
    float            lost = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const float value = values[i] / row_scale;
        codes[i] = nearest(value);
        const float off = value - wholes[codes[i]];
        lost += off * off;
    }
    return lost;
}

STET_INLINE std::uint8_t code_asym_group(const asym_levels& levels, const float* values, std::size_t count,
                                         float row_scale, std::uint8_t* codes) noexcept
{
    constexpr std::uint8_t last = 0x7E; // 448
    const float            wanted = fitted_asym_scale(levels, values, count, codes) / row_scale;
    std::uint8_t           best = casts::f8_from_float(dtype::f8_e4m3, wanted < 448.0F ? wanted : 448.0F);
    if (levels.passes == 0)
        return best;
    const auto code = [&](std::uint8_t scale) {
        return code_by_integers(levels, values, count, row_scale, float_from_f8(dtype::f8_e4m3, scale),
                                codes);
    };
    if (levels.has_trials && best < last && code(static_cast<std::uint8_t>(best + 1)) < code(best))
        ++best;
    static_cast<void>(code(best));
    return best;
}

} // namespace STET_NAMESPACE::detail
