// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_VISION_NAMES_HPP
#define STET_SPLIT_IMPL_VISION_NAMES_HPP

#include "../../layout/layout.hpp"
#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Names of one kind of vision encoder. A name ends with '*' where weight and bias both exist.
struct vision_module {
    std::span<const std::string_view> single;
    std::string_view                  layer;  ///< goes before a layer's number
    std::uint32_t                     layers; ///< of its largest model
    std::span<const std::string_view> in_layer;
};

inline constexpr std::array<std::string_view, 6> clip_vision_names{
    "vision_model.embeddings.class_embedding",
    "vision_model.embeddings.patch_embedding.weight",
    "vision_model.embeddings.position_embedding.weight",
    "vision_model.pre_layrnorm.*",
    "vision_model.post_layernorm.*",
    "visual_projection.weight",
};
inline constexpr std::array<std::string_view, 8> clip_vision_layer_names{
    "layer_norm1.*",      "layer_norm2.*",      "mlp.fc1.*",          "mlp.fc2.*",
    "self_attn.q_proj.*", "self_attn.k_proj.*", "self_attn.v_proj.*", "self_attn.out_proj.*",
};
inline constexpr std::array<std::string_view, 5> dino_vision_names{
    "embeddings.cls_token",
    "embeddings.mask_token",
    "embeddings.position_embeddings",
    "embeddings.patch_embeddings.projection.*",
    "layernorm.*",
};
inline constexpr std::array<std::string_view, 12> dino_vision_layer_names{
    "norm1.*",
    "norm2.*",
    "attention.attention.query.*",
    "attention.attention.key.*",
    "attention.attention.value.*",
    "attention.output.dense.*",
    "layer_scale1.lambda1",
    "layer_scale2.lambda1",
    "mlp.fc1.*",
    "mlp.fc2.*",
    "mlp.weights_in.*",
    "mlp.weights_out.*",
};

/// source: ComfyUI 0.8.0, clip_model.py and image_encoders/dino2.py
inline constexpr std::array<vision_module, 2> vision_modules{{
    {.single = clip_vision_names,
     .layer = "vision_model.encoder.layers.",
     .layers = 48,
     .in_layer = clip_vision_layer_names},
    {.single = dino_vision_names,
     .layer = "encoder.layer.",
     .layers = 40,
     .in_layer = dino_vision_layer_names},
}};

constexpr bool fits(std::string_view name, std::string_view pattern) noexcept
{
    if (!pattern.ends_with('*'))
        return name == pattern;
    const std::string_view beginning = pattern.substr(0, pattern.size() - 1);
    if (!name.starts_with(beginning))
        return false;
    const std::string_view end = name.substr(beginning.size());
    return end == "weight" || end == "bias";
}

constexpr bool fits_one(std::string_view name, std::span<const std::string_view> patterns) noexcept
{
    for (const std::string_view pattern : patterns) {
        if (fits(name, pattern))
            return true;
    }
    return false;
}

/// "12.rest" with a number below `layers`, spelled as Python spells it: the rest, else nothing.
constexpr std::string_view after_layer_number(std::string_view text, std::uint32_t layers) noexcept
{
    std::uint32_t number = 0;
    std::size_t   digits = 0;
    while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9')
        number = number * 10 + static_cast<std::uint32_t>(text[digits++] - '0');
    const bool is_number = digits != 0 && (digits == 1 || text[0] != '0');
    if (!is_number || number >= layers || digits == text.size() || text[digits] != '.')
        return {};
    return text.substr(digits + 1);
}

/// Whether ComfyUI's vision encoders have a tensor of that name.
constexpr bool is_vision_name(std::string_view name) noexcept
{
    for (const detail::vision_module& module : detail::vision_modules) {
        if (detail::fits_one(name, module.single))
            return true;
        if (!name.starts_with(module.layer))
            continue;
        const std::string_view rest = name.substr(module.layer.size());
        if (detail::fits_one(detail::after_layer_number(rest, module.layers), module.in_layer))
            return true;
    }
    return false;
}

} // namespace STET_NAMESPACE::detail

#endif
