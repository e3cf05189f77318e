// SPDX-License-Identifier: MIT
// What the colours of a picture mean, in as many lines as it takes.
#ifndef EXAMPLE_LEGEND_HPP
#define EXAMPLE_LEGEND_HPP

#include "svg.hpp"

#include <string>
#include <utility>
#include <vector>

namespace example {

class legend {
public:
    struct entry {
        std::string css_class{}; ///< of its area
        std::string text{};
    };

    /// width: of a line
    legend(std::vector<entry> entries, double width)
    {
        double x = 0, y = 0;
        for (entry& one : entries) {
            const double its = text_at + svg::text_width(one.text, letters);
            if (x > 0 && x + its > width) {
                x = 0;
                y += line;
            }
            placed_.push_back({.what = std::move(one), .x = x, .y = y});
            x += its + gap;
        }
        height_ = placed_.empty() ? 0 : y + line;
    }

    double height() const { return height_; }

    void draw(svg::drawing& out, double x, double y) const
    {
        for (const placed& one : placed_) {
            out.box("key " + one.what.css_class,
                    {.x = x + one.x, .y = y + one.y, .width = side, .height = side});
            out.text("said", x + one.x + text_at, y + one.y + side - 1.5, one.what.text);
        }
    }

private:
    static constexpr double line = 20, side = 12, text_at = 18, gap = 14, letters = 12;

    struct placed {
        entry  what{};
        double x = 0;
        double y = 0;
    };

    std::vector<placed> placed_{};
    double              height_ = 0;
};

} // namespace example

#endif
