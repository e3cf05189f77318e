// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_QUANTISED_NAMES_HPP
#define STET_FAMILIES_IMPL_QUANTISED_NAMES_HPP

#include "../../layout/placed_name.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"

#include <array>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What stands beside the weight of a quantised layer, under the layer's name; `scaled_fp8` under a prefix of layers.
inline constexpr std::array<std::string_view, 13> companion_names{
    "comfy_quant",     "weight_scale",  "weight_scale_2", "weight_s_rel", "weight_s_channel",
    "weight_codebook", "weight_zeros",  "input_scale",    "scale_weight", "scale_input",
    "pre_quant_scale", "weight.absmax", "scaled_fp8"};

constexpr bool is_quantised_companion(std::string_view key) noexcept
{
    for (const std::string_view name : companion_names) {
        if (key.ends_with(name) && (key.size() == name.size() || key[key.size() - name.size() - 1] == '.'))
            return true;
    }
    return false;
}

/// A quantised layer would lose its meaning.
/// rule: why, as validators call it: `text-encoder-openclip`, `clip-not-read`, `metadata-conflict`
constexpr error lost_layer(const placed_name& key, std::string_view rule) noexcept
{
    return error{.code = errc::quantised_companion}.with(rule).about(key.prefix, key.stem);
}

} // namespace STET_NAMESPACE::detail

#endif
