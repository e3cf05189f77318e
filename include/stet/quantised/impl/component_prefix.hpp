// SPDX-License-Identifier: MIT
// What the start of a name tells about the part of a model it is of.
#ifndef STET_QUANTISED_IMPL_COMPONENT_PREFIX_HPP
#define STET_QUANTISED_IMPL_COMPONENT_PREFIX_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline constexpr std::array<std::string_view, 2> model_prefixes{"model.diffusion_model.", "model.model."};
inline constexpr std::array<std::string_view, 3> text_encoder_prefixes{"text_encoders.", "cond_stage_model.",
                                                                       "conditioner.embedders."};
inline constexpr std::array<std::string_view, 3> other_prefixes{"first_stage_model.", "vae.",
                                                                "pretransform.model."};

template <std::size_t Count>
constexpr std::string_view prefix_among(const std::array<std::string_view, Count>& prefixes,
                                        std::string_view                           name) noexcept
{
    for (const std::string_view prefix : prefixes) {
        if (name.starts_with(prefix))
            return prefix;
    }
    return {};
}

constexpr bool is_of_text_encoder(std::string_view name) noexcept
{
    return !prefix_among(text_encoder_prefixes, name).empty();
}

/// The prefix of a component in a checkpoint that the name begins with, or nothing.
constexpr std::string_view component_prefix(std::string_view name) noexcept
{
    if (const auto model = prefix_among(model_prefixes, name); !model.empty())
        return model;
    if (const auto text = prefix_among(text_encoder_prefixes, name); !text.empty())
        return text;
    return prefix_among(other_prefixes, name);
}

/// That, or the name's first part with its dot.
constexpr std::string_view name_root(std::string_view name) noexcept
{
    const std::string_view component = component_prefix(name);
    if (!component.empty())
        return component;
    const std::size_t dot = name.find('.');
    return name.substr(0, dot == std::string_view::npos ? name.size() : dot + 1);
}

/// Whether a layer is one of a CLIP text encoder, of which no loader reads markers.
constexpr bool is_of_clip(std::string_view layer) noexcept
{
    constexpr std::string_view encoders = "text_encoders.";
    if (layer.starts_with("cond_stage_model.") || layer.starts_with("conditioner.embedders."))
        return true;
    if (layer.starts_with(encoders))
        layer.remove_prefix(encoders.size());
    return layer.starts_with("clip_l.") || layer.starts_with("clip_g.") || layer.starts_with("clip_h.");
}

/// Whether it lies under OpenCLIP names, where q, k and v are one tensor.
constexpr bool is_of_openclip(std::string_view layer) noexcept
{
    return (layer.starts_with("cond_stage_model.") || layer.starts_with("conditioner.embedders.")) &&
           layer.find(".transformer.resblocks.") != std::string_view::npos;
}

/// Of `...attn.q_proj` the layer that has its codes under OpenCLIP names: `...attn`; else nothing.
constexpr std::string_view joined_attention(std::string_view layer) noexcept
{
    for (const std::string_view projection : {".attn.q_proj", ".attn.k_proj", ".attn.v_proj"}) {
        if (layer.ends_with(projection))
            return layer.substr(0, layer.size() - std::string_view(".q_proj").size());
    }
    return {};
}

} // namespace STET_NAMESPACE::detail

#endif
