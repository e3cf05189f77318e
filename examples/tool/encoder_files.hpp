// SPDX-License-Identifier: MIT
// Options that name a file for each text encoder, under the names that encoders have alone.
#ifndef EXAMPLE_ENCODER_FILES_HPP
#define EXAMPLE_ENCODER_FILES_HPP

#include "command_line.hpp"

#include <stet/layout/layout.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// A text encoder that has a name of its own among several.
struct encoder_name {
    std::string_view
        of_network; ///< before its network's keys in a text encoder component: "clip_l.transformer."
    std::string_view option;
    std::string_view help;

    /// Before all of its keys there: "clip_l."
    constexpr std::string_view prefix() const { return of_network.substr(0, name().size() + 1); }
    constexpr std::string_view name() const { return of_network.substr(0, of_network.find('.')); }

    /// The name among several of a key that it has alone, or that has the encoder's name already.
    constexpr stet::placed_name among_several(std::string_view key) const
    {
        if (key.starts_with(prefix()))
            key.remove_prefix(prefix().size());
        const bool is_of_network = key != "logit_scale" && key != "spiece_model" && !key.starts_with(inner());
        return {.prefix = is_of_network ? of_network : prefix(), .stem = key};
    }

    /// The key that it has alone for its name among several.
    constexpr std::string_view alone(std::string_view name) const
    {
        name.remove_prefix(prefix().size());
        return name.starts_with(inner()) ? name.substr(inner().size()) : name;
    }

    constexpr std::string_view inner() const { return of_network.substr(prefix().size()); }
};

inline constexpr std::array<encoder_name, 12> encoder_names{{
    {"clip_l.transformer.", "--clip-l", "CLIP-L in a file of its own"},
    {"clip_g.transformer.", "--clip-g", "CLIP-G, likewise"},
    {"clip_h.transformer.", "--clip-h", "CLIP-H, likewise"},
    {"t5xxl.transformer.", "--t5xxl", "T5-XXL, likewise"},
    {"pile_t5xl.transformer.", "--pile-t5xl", "Pile T5-XL, likewise"},
    {"mt5xl.transformer.", "--mt5xl", "mT5-XL, likewise"},
    {"umt5xxl.transformer.", "--umt5xxl", "UMT5-XXL, likewise"},
    {"t5base.transformer.", "--t5base", "T5 base, likewise"},
    {"gemma2_2b.transformer.", "--gemma2-2b", "Gemma 2 2B, likewise"},
    {"llama.transformer.", "--llama", "Llama, likewise"},
    {"qwen25_7b.transformer.", "--qwen25-7b", "Qwen2.5 7B, likewise"},
    {"hydit_clip.transformer.", "--hydit-clip", "Hunyuan-DiT's CLIP, likewise"},
}};

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
