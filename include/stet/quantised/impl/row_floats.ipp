// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "blocked_scales.hpp"
#include "level_values.hpp"
#include "nibble_lookup.hpp"
#include "rotation.hpp"
#include "row_floats.hpp"
#include "value_words.hpp"

#include <limits>

namespace STET_NAMESPACE::detail {

STET_INLINE row_floats::row_floats(const stored_values& layer, const layer_scales& scales,
                                   dtype wanted) noexcept
    : layer_(layer), scales_(scales), wanted_(wanted)
{
}

STET_INLINE void row_floats::begin(const std::byte* codes, std::uint64_t expert, std::uint64_t row) noexcept
{
    codes_ = codes;
    row_ = expert * layer_.stored_rows + row;
    if (layer_.rule == value_rule::mxfp8) {
        const std::uint64_t blocks = layer_.stored_columns / 32;
        first_ = expert * blocked_size(layer_.stored_rows, blocks) + blocked_row_offset(row, blocks);
    }
    if (layer_.rule == value_rule::asym_w4a8) {
        if (row == 0) {
            expert_ = expert;
            fill_levels();
        }
        const float scale = scales_.second_scale[row_];
        for (int whole = -127; whole <= 127; ++whole)
            whole_values_[static_cast<std::size_t>(whole + 127)] = static_cast<float>(whole) * scale;
        round_all(wanted_, whole_values_.data(), 255);
    }
}

/// What the codes of asym_w4a8 stand for, of this expert.
STET_INLINE void row_floats::fill_levels() noexcept
{
    const unsigned      count = layer_.bits == 6 ? 64 : 16;
    const std::uint64_t first = scales_.levels.size() == nibble_block ? 0 : expert_ * nibble_block;
    for (unsigned code = 0; code < count; ++code)
        levels_[code] = scales_.levels.empty() ? static_cast<float>(code) - static_cast<float>(count / 2)
                                               : scales_.levels[first + code];
}

STET_INLINE void row_floats::make(std::uint64_t column, std::size_t count, float* to) const noexcept
{
    if (layer_.rule == value_rule::mxfp8)
        return mxfp8(column, count, to);
    if (layer_.rule == value_rule::convrot_w4a4) {
        w4a4(column, count, to);
    } else if (layer_.rule == value_rule::asym_w4a8) {
        w4a8(column, count, to);
    } else {
        const std::uint64_t at = scales_.scale.size() == 1 ? 0 : row_ * layer_.columns / layer_.group;
        const float         scale = scales_.scale[at];
        const std::byte*    codes = codes_ + memory_size(column);
        for (std::size_t i = 0; i < count; ++i)
            to[i] = static_cast<float>(std::to_integer<std::int8_t>(codes[i])) * scale;
    }
    rotate_groups(to, count, memory_size(layer_.rotation));
}

STET_INLINE void row_floats::mxfp8(std::uint64_t column, std::size_t count, float* to) const noexcept
{
    for (std::size_t i = 0; i < count; i += 32) {
        const std::uint64_t at = first_ + blocked_column_offset((column + i) / 32);
        const float         scale = block_scale_from_e8m0(scales_.scale.code(at));
        const std::byte*    codes = codes_ + memory_size(column) + i;
        const std::size_t   run = smaller_size(count - i, std::size_t{32});
        for (std::size_t k = 0; k < run; ++k)
            to[i + k] = scales_.code_values[std::to_integer<std::size_t>(codes[k])] * scale;
    }
}

STET_INLINE void row_floats::w4a4(std::uint64_t column, std::size_t count, float* to) const noexcept
{
    const float           scale = scales_.scale[row_];
    std::array<float, 16> values;
    for (int code = 0; code < 16; ++code)
        values[static_cast<std::size_t>(code)] = static_cast<float>(code < 8 ? code : code - 16) * scale;
    const std::byte* codes = codes_ + memory_size(column / 2);
    for (std::size_t i = 0; i < count; i += 2, ++codes) {
        const auto both = std::to_integer<unsigned>(*codes);
        to[i] = values[both & 0xFU];
        to[i + 1] = values[both >> 4U];
    }
}

STET_INLINE void row_floats::w4a8(std::uint64_t column, std::size_t count, float* to) const noexcept
{
    const std::uint64_t first = row_ * (layer_.stored_columns / layer_.group);
    for (std::size_t i = 0; i < count;) {
        const std::uint64_t at = column + i;
        const std::size_t   run = smaller_size(count - i, memory_size(layer_.group - at % layer_.group));
        w4a8_group(memory_size(at), run, scales_.scale[first + at / layer_.group], to + i);
        i += run;
    }
}

/// A group, or a part of one. column: even
STET_INLINE void row_floats::w4a8_group(std::size_t column, std::size_t count, float scale,
                                        float* to) const noexcept
{
    const auto value = [&](unsigned code) {
        const float level = levels_[code] * scale;
        const int   whole = rounded_between(level, -127, 127);
        return is_nan(level) ? level : whole_values_[static_cast<std::size_t>(whole + 127)];
    };
    if (layer_.bits == 4) {
        std::array<float, 16> values;
        for (unsigned code = 0; code < 16; ++code)
            values[code] = value(code);
        for (std::size_t i = 0; i < count; ++i)
            to[i] = values[nibble_at(codes_, column + i, nibble_order::low_first)];
        return;
    }
    const std::byte* const tops = codes_ + memory_size(layer_.stored_columns / 2);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = column + i;
        const unsigned    high = std::to_integer<unsigned>(tops[at / 4]) >> (2 * (at % 4)) & 3U;
        to[i] = value(high << 4U | nibble_at(codes_, at, nibble_order::low_first));
    }
}

} // namespace STET_NAMESPACE::detail
