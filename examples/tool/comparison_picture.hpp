// SPDX-License-Identifier: MIT
// What two files have in common as a picture: a bar for each block, and how far its numbers are apart.
#ifndef EXAMPLE_COMPARISON_PICTURE_HPP
#define EXAMPLE_COMPARISON_PICTURE_HPP

#include <stet/diff.hpp>

#include <string>

namespace example {

struct pictured_comparison {
    std::string                    title{};
    std::string                    subtitle{};
    const stet::diffs::comparison& found;
};

/// As SVG: a line for each block, by component, of at most some hundred; of more, those that are equal or small share
/// one line.
std::string comparison_picture(const pictured_comparison& of);

} // namespace example

#endif
