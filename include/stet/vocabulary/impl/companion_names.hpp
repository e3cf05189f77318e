// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_COMPANION_NAMES_HPP
#define STET_VOCABULARY_IMPL_COMPANION_NAMES_HPP

#include "../config.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What stands beside the weight of a quantised layer, under the layer's name; `scaled_fp8` under a prefix of layers.
/// source: ComfyUI and bitsandbytes, what their quantised layers are made of
inline constexpr std::array<std::string_view, 13> companion_names{
    "comfy_quant",     "weight_scale",  "weight_scale_2", "weight_s_rel", "weight_s_channel",
    "weight_codebook", "weight_zeros",  "input_scale",    "scale_weight", "scale_input",
    "pre_quant_scale", "weight.absmax", "scaled_fp8"};

/// Whether a name has the text at that place.
/// Name: characters by number, in one piece or in two
template <class Name>
constexpr bool has_text_at(const Name& name, std::size_t at, std::string_view text) noexcept
{
    if (name.size() < at || name.size() - at < text.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (name[at + i] != text[i])
            return false;
    }
    return true;
}

/// The companion that a name ends in, behind a dot or alone; empty for other names.
template <class Name>
constexpr std::string_view companion_of(const Name& name) noexcept
{
    for (const std::string_view known : companion_names) {
        if (name.size() < known.size())
            continue;
        const std::size_t begin = name.size() - known.size();
        if (has_text_at(name, begin, known) && (begin == 0 || name[begin - 1] == '.'))
            return known;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail

#endif
