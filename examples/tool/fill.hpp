// SPDX-License-Identifier: MIT
// What areas of a picture are filled with.
#ifndef EXAMPLE_FILL_HPP
#define EXAMPLE_FILL_HPP

#include <string>
#include <string_view>

namespace example {

/// A fill that black text can be read on.
struct fill {
    std::string_view colour{};
    std::string_view pattern{}; ///< SVG path data in a tile of 8 by 8; empty: none
};

namespace fills {

// Paul Tol's scheme "light": told apart with every kind of colour vision, light enough for black text.
// source: https://personal.sron.nl/~pault/, 2021
inline constexpr std::string_view blue = "#77aadd", orange = "#ee8866", yellow = "#eedd88", pink = "#ffaabb",
                                  cyan = "#99ddff", mint = "#44bb99", pear = "#bbcc33", olive = "#aaaa00",
                                  grey = "#dddddd";

inline constexpr std::string_view rising = "M-2 2L2 -2M0 8L8 0M6 10L10 6",
                                  falling = "M-2 6L2 10M0 0L8 8M6 -2L10 2", dots = "M2 2h1v1h-1zM6 6h1v1h-1z",
                                  grid = "M4 0V8M0 4H8";

} // namespace fills

/// A fill as a rule of CSS for a class, and the pattern that it refers to, if any.
struct fill_text {
    std::string rule{};
    std::string pattern{};
};

inline fill_text described(std::string_view css_class, const fill& one)
{
    const std::string name(css_class), colour(one.colour);
    if (one.pattern.empty())
        return {.rule = '.' + name + "{fill:" + colour + "}\n"};
    return {.rule = '.' + name + "{fill:url(#of-" + name + ")}\n",
            .pattern =
                "<pattern id=\"of-" + name +
                "\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><path fill=\"" + colour +
                "\" d=\"M0 0H8V8H0z\"/><path fill=\"none\" stroke=\"#000\" stroke-opacity=\".28\" d=\"" +
                std::string(one.pattern) + "\"/></pattern>\n"};
}

} // namespace example

#endif
