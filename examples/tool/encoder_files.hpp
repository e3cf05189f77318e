// SPDX-License-Identifier: MIT
// Options that name a file for each text encoder, under the names that encoders have alone.
#ifndef EXAMPLE_ENCODER_FILES_HPP
#define EXAMPLE_ENCODER_FILES_HPP

#include "command_line.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// A text encoder that has a name of its own among several.
struct encoder_name {
    std::string_view prefix; ///< before its keys in a text encoder component
    std::string_view option;
    std::string_view help;
};

inline constexpr std::array<encoder_name, 11> encoder_names{{
    {"clip_l.", "--clip-l", "CLIP-L in a file of its own"},
    {"clip_g.", "--clip-g", "CLIP-G, likewise"},
    {"clip_h.", "--clip-h", "CLIP-H, likewise"},
    {"t5xxl.", "--t5xxl", "T5-XXL, likewise"},
    {"pile_t5xl.", "--pile-t5xl", "Pile T5-XL, likewise"},
    {"mt5xl.", "--mt5xl", "mT5-XL, likewise"},
    {"umt5xxl.", "--umt5xxl", "UMT5-XXL, likewise"},
    {"t5base.", "--t5base", "T5 base, likewise"},
    {"gemma2_2b.", "--gemma2-2b", "Gemma 2 2B, likewise"},
    {"llama.", "--llama", "Llama, likewise"},
    {"hydit_clip.", "--hydit-clip", "Hunyuan-DiT's CLIP, likewise"},
}};

/// What stands between an encoder's name and the keys of its network.
inline constexpr std::string_view inner_prefix = "transformer.";

struct encoder_files {
    std::array<std::optional<std::string>, encoder_names.size()> paths{};

    bool any() const
    {
        for (const auto& path : paths) {
            if (path)
                return true;
        }
        return false;
    }

    /// lifetime: the options borrow this object
    void describe(std::vector<option>& options)
    {
        for (std::size_t i = 0; i < encoder_names.size(); ++i)
            options.push_back({encoder_names[i].option, "FILE", encoder_names[i].help, &paths[i]});
    }
};

} // namespace example

#endif
