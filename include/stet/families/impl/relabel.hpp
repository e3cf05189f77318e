// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_RELABEL_HPP
#define STET_FAMILIES_IMPL_RELABEL_HPP

#include "../../vocabulary/borrowed.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A piece of a name as ComfyUI's modules have it, at least two characters, and as OpenCLIP has it.
struct label {
    std::string_view internal;
    std::string_view openclip;
};

/// How one kind of encoder is called there and here. No label begins another.
struct openclip_names {
    array_view<const label> labels;
    std::string_view        projection; ///< ends the projection's name, whose first two axes are exchanged
    std::string_view        openclip_projection;
};

inline constexpr std::array<label, 9> text_labels{{
    {"text_model.encoder.layers.", "resblocks."},
    {"layer_norm1", "ln_1"},
    {"layer_norm2", "ln_2"},
    {".fc1.", ".c_fc."},
    {".fc2.", ".c_proj."},
    {".self_attn", ".attn"},
    {"transformer.text_model.final_layer_norm.", "ln_final."},
    {"transformer.text_model.embeddings.token_embedding.weight", "token_embedding.weight"},
    {"transformer.text_model.embeddings.position_embedding.weight", "positional_embedding"},
}};

inline constexpr std::array<label, 11> vision_labels{{
    {"vision_model.encoder.layers.", "transformer.resblocks."},
    {"layer_norm1", "ln_1"},
    {"layer_norm2", "ln_2"},
    {".fc1.", ".c_fc."},
    {".fc2.", ".c_proj."},
    {".self_attn", ".attn"},
    {"vision_model.embeddings.class_embedding", "class_embedding"},
    {"vision_model.embeddings.patch_embedding.weight", "conv1.weight"},
    {"vision_model.embeddings.position_embedding.weight", "positional_embedding"},
    {"vision_model.pre_layrnorm.", "ln_pre."},
    {"vision_model.post_layernorm.", "ln_post."},
}};

/// The label that starts the text, if one does.
constexpr const label* label_at(std::string_view text, array_view<const label> labels) noexcept
{
    if (text.size() < 2)
        return nullptr;
    for (const label& known : labels) {
        // Two characters tell most names apart from all labels.
        if (text[1] == known.internal[1] && text[0] == known.internal[0] && text.starts_with(known.internal))
            return &known;
    }
    return nullptr;
}

/// source: ComfyUI 0.8.0, diffusers_convert.py
inline constexpr openclip_names openclip_text{.labels = detail::text_labels,
                                              .projection = "transformer.text_projection.weight",
                                              .openclip_projection = "text_projection"};

/// source: ComfyUI 0.8.0, clip_vision.py and utils.py, read backwards
inline constexpr openclip_names openclip_vision{
    .labels = detail::vision_labels, .projection = "visual_projection.weight", .openclip_projection = "proj"};

/// Hands the OpenCLIP form of a name to `put`, piece by piece: one pass from left to right, in which what was put in
/// a label's place is not looked at again.
/// put: callable with std::string_view
template <class Put>
constexpr void relabel(std::string_view name, array_view<const label> labels, Put put)
{
    std::size_t plain = 0;
    for (std::size_t i = 0; i < name.size();) {
        // All labels begin with one of these.
        const char c = name[i];
        if (c != '.' && c != 't' && c != 'l' && c != 'v') {
            ++i;
            continue;
        }
        const label* const found = detail::label_at(name.substr(i), labels);
        if (found == nullptr) {
            ++i;
            continue;
        }
        put(name.substr(plain, i - plain));
        put(found->openclip);
        i += found->internal.size();
        plain = i;
    }
    put(name.substr(plain));
}

} // namespace STET_NAMESPACE::detail

#endif
