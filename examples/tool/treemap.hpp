// SPDX-License-Identifier: MIT
// Areas in proportion to numbers, side by side in a rectangle.
#ifndef EXAMPLE_TREEMAP_HPP
#define EXAMPLE_TREEMAP_HPP

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace example {

struct rectangle {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

namespace treemap_parts {

/// How far the least square one of a row is from a square: its longer side in shorter ones.
/// side: the row's length; sum: of the row's areas
inline double worst_ratio(double side, double largest, double smallest, double sum)
{
    const double thickness = sum / side;
    return std::max(largest / (thickness * thickness), thickness * thickness / smallest);
}

/// Areas of a row that starts with `first`: as many as make its worst ratio better.
struct row {
    std::size_t end;
    double      sum;
};

inline row best_row(std::span<const double> areas, std::size_t first, double side)
{
    double best = std::numeric_limits<double>::infinity();
    row    found{.end = first, .sum = 0};
    while (found.end < areas.size()) {
        const double sum = found.sum + areas[found.end];
        const double ratio = worst_ratio(side, areas[first], areas[found.end], sum);
        if (ratio > best)
            break;
        best = ratio;
        found = {.end = found.end + 1, .sum = sum};
    }
    return found;
}

/// Places a row along the shorter side of what is left, and takes it away.
inline void place_row(std::span<const double> areas, double sum, rectangle& left,
                      std::vector<rectangle>& placed)
{
    const bool   is_column = left.width >= left.height;
    const double length = is_column ? left.height : left.width;
    double&      across = is_column ? left.width : left.height;
    const double thickness = std::min(sum / length, across);
    rectangle    next = left;
    for (const double area : areas) {
        next.width = is_column ? thickness : length * (area / sum);
        next.height = is_column ? length * (area / sum) : thickness;
        placed.push_back(next);
        (is_column ? next.y : next.x) += is_column ? next.height : next.width;
    }
    (is_column ? left.x : left.y) += thickness;
    across -= thickness;
}

} // namespace treemap_parts

/// A squarified treemap: rectangles that fill `inside`, in the order of the weights, each near to a shape that is
/// `flatness` times as wide as high, which has room for a line of text.
/// weights: the largest first, all above 0
/// source: Bruls, Huizing, van Wijk, Squarified Treemaps, 2000
inline std::vector<rectangle> squarified(std::span<const double> weights, const rectangle& inside,
                                         double flatness = 1.5)
{
    std::vector<rectangle> placed;
    placed.reserve(weights.size());
    rectangle    left{.x = 0, .y = 0, .width = inside.width / flatness, .height = inside.height};
    const double scale = left.width * left.height / std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<double> areas;
    areas.reserve(weights.size());
    for (const double weight : weights)
        areas.push_back(weight * scale);
    while (placed.size() < areas.size()) {
        const std::size_t first = placed.size();
        const auto        row = treemap_parts::best_row(areas, first, std::min(left.width, left.height));
        treemap_parts::place_row(std::span<const double>(areas).subspan(first, row.end - first), row.sum,
                                 left, placed);
    }
    for (rectangle& one : placed)
        one = {.x = inside.x + one.x * flatness,
               .y = inside.y + one.y,
               .width = one.width * flatness,
               .height = one.height};
    return placed;
}

} // namespace example

#endif
