// SPDX-License-Identifier: MIT
// A file as a picture: an area for each tensor, inside those of its block and component.
#ifndef EXAMPLE_CHECKPOINT_PICTURE_HPP
#define EXAMPLE_CHECKPOINT_PICTURE_HPP

#include <stet/read/checkpoint_header.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace example {

struct pictured_tensor {
    stet::stored_tensor stored{};
    std::size_t         component = 0; ///< position among the file's
};

/// lifetime: borrows the file's header
struct pictured_file {
    std::string title{};
    std::string subtitle{};
    std::vector<std::string_view>
        components{}; ///< what they are called; with one without a name there are no frames
    std::vector<pictured_tensor> tensors{};
};

/// As SVG: a squarified treemap by bytes, coloured by dtype. Of at most some thousand areas, whatever the file: what is
/// too small to be seen is gathered as "12 more".
std::string checkpoint_picture(const pictured_file& of);

} // namespace example

#endif
