// SPDX-License-Identifier: MIT
// Options that name one file for each component of a checkpoint.
#ifndef EXAMPLE_COMPONENT_FILES_HPP
#define EXAMPLE_COMPONENT_FILES_HPP

#include "command_line.hpp"
#include "component.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

struct component_files {
    std::array<std::optional<std::string>, component_count> paths{};

    const std::optional<std::string>& operator[](component which) const { return paths[index_of(which)]; }

    /// lifetime: the options borrow this object
    void describe(std::vector<option>& options)
    {
        constexpr std::array<std::string_view, component_count> help{
            "the diffusion model",
            "the text encoders, under names such as clip_l.",
            "the vision encoder",
            "the vae",
            "Stable Audio's conditioner",
            "Stable Audio's conditioner",
            "tensors under their final names, such as v_pred"};
        for (const component which : every_component)
            options.push_back({option_of(which), "FILE", help[index_of(which)], &paths[index_of(which)]});
    }
};

} // namespace example

#endif
