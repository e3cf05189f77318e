// SPDX-License-Identifier: MIT
// Rows and columns of a weight as it is stored, and the shapes that follow from them.
#ifndef STET_QUANTISED_IMPL_STORED_SHAPE_HPP
#define STET_QUANTISED_IMPL_STORED_SHAPE_HPP

#include "../../tensor/axes.hpp"
#include "../../vocabulary/config.hpp"
#include "../layer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace STET_NAMESPACE::detail {

/// A number that does not fit beyond it; no axis of a file is as long.
inline constexpr std::uint64_t longest_axis = std::uint64_t{1} << 60U;

constexpr std::uint64_t rounded_up(std::uint64_t value, std::uint64_t step) noexcept
{
    return (value + step - 1) / step * step;
}

struct stored_shape {
    bool          is_bank = false;
    std::uint64_t experts = 1;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0; ///< codes in a row, padding included
};

/// What the weight's shape says, of rank 2, or 3 in a bank of experts. Nothing for another rank, where a row holds no
/// whole number of codes, and for axes that no file can fill.
constexpr std::optional<stored_shape> stored_shape_of(const extents& weight, unsigned code_bits) noexcept
{
    if (weight.size() != 2 && weight.size() != 3)
        return std::nullopt;
    stored_shape shape{.is_bank = weight.size() == 3};
    for (const std::uint64_t axis : weight) {
        if (axis > longest_axis)
            return std::nullopt;
    }
    if (shape.is_bank)
        shape.experts = weight[0];
    shape.rows = weight[weight.size() - 2];
    const std::uint64_t bits = weight[weight.size() - 1] * 8;
    if (bits % code_bits != 0)
        return std::nullopt;
    shape.columns = bits / code_bits;
    return shape;
}

/// The shape that ComfyUI writes for a side tensor: an empty one for a scale of the whole tensor.
/// group: columns to a scale, not 0 where the shape depends on it
constexpr extents usual_side_shape(quantised::side_shape side, const stored_shape& weight, unsigned block,
                                   std::uint64_t group) noexcept
{
    std::array<std::uint64_t, 3> axes{weight.experts};
    std::size_t                  count = weight.is_bank ? 1 : 0;
    const auto                   add = [&](std::uint64_t axis) { axes[count++] = axis; };
    switch (side) {
    case quantised::side_shape::any:
    case quantised::side_shape::one:
    case quantised::side_shape::one_or_rows:
        break;
    case quantised::side_shape::rows:
        add(weight.rows);
        break;
    case quantised::side_shape::columns:
        add(weight.columns);
        break;
    case quantised::side_shape::blocks:
        add(rounded_up(weight.rows, 128));
        add(rounded_up(weight.columns / block, 4));
        break;
    case quantised::side_shape::row_by_group:
        add(weight.rows);
        add(weight.columns / group);
        break;
    case quantised::side_shape::group_by_row:
        add(weight.columns / group);
        add(weight.rows);
        break;
    case quantised::side_shape::sixteen:
        add(16);
        break;
    }
    switch (count) {
    case 0:
        return {};
    case 1:
        return extents(axes[0]);
    case 2:
        return {axes[0], axes[1]};
    default:
        return {axes[0], axes[1], axes[2]};
    }
}

enum class shape_fit : std::uint8_t { right, loadable, wrong };

/// Whether a side tensor of that shape is one of this weight.
constexpr shape_fit fit_of(const extents& found, quantised::side_shape side, const stored_shape& weight,
                           unsigned block, unsigned padding, std::uint64_t group) noexcept
{
    const extents usual = usual_side_shape(side, weight, block, group);
    if (side == quantised::side_shape::any || found == usual)
        return shape_fit::right;
    const bool is_one = side == quantised::side_shape::one || side == quantised::side_shape::one_or_rows;
    if (is_one && (found.empty() || (found.size() == 1 && found[0] == 1)))
        return shape_fit::right;
    if (side == quantised::side_shape::one_or_rows) {
        const extents rows =
            weight.is_bank ? extents{weight.experts, weight.rows, 1} : extents{weight.rows, 1};
        return found == rows ? shape_fit::right : shape_fit::wrong;
    }
    if (side == quantised::side_shape::sixteen)
        return weight.is_bank && found == extents(16) ? shape_fit::right : shape_fit::wrong;
    if (side == quantised::side_shape::columns) // of the padded weight, or of what it was before
        return found.size() == 1 && found[0] <= weight.columns &&
                       (found[0] == weight.columns || rounded_up(found[0], padding) == weight.columns)
                   ? shape_fit::right
                   : shape_fit::wrong;
    if (side != quantised::side_shape::blocks)
        return shape_fit::wrong;
    const auto elements = [](const extents& shape) {
        std::uint64_t count = 1;
        for (const std::uint64_t axis : shape)
            count = axis != 0 && count > longest_axis / axis ? longest_axis : count * axis;
        return count;
    };
    return elements(found) == elements(usual) ? shape_fit::loadable : shape_fit::wrong;
}

} // namespace STET_NAMESPACE::detail

#endif
