// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_OPENCLIP_INVERSE_HPP
#define STET_SPLIT_IMPL_OPENCLIP_INVERSE_HPP

#include "../../vocabulary/config.hpp"
#include "../splitting.hpp"
#include "tensor_parts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Where an encoder stands in a file that calls its parts as OpenCLIP does, and what the parts are called inside.
struct openclip_place {
    std::string_view openclip;   ///< "clip_g."
    std::string_view encoder;    ///< "clip_g.transformer.text_model."
    std::string_view projection; ///< "clip_g.transformer.text_projection.weight"
    std::uint32_t    layers;     ///< so many ComfyUI converts
};

struct openclip_name {
    std::string_view openclip;
    std::string_view internal;
};

/// In the order in which ComfyUI looks for them, which is that of the result.
inline constexpr std::array<openclip_name, 4> inverse_names{{
    {"positional_embedding", "embeddings.position_embedding.weight"},
    {"token_embedding.weight", "embeddings.token_embedding.weight"},
    {"ln_final.weight", "final_layer_norm.weight"},
    {"ln_final.bias", "final_layer_norm.bias"},
}};

inline constexpr std::array<openclip_name, 7> inverse_vision_names{{
    {"class_embedding", "embeddings.class_embedding"},
    {"conv1.weight", "embeddings.patch_embedding.weight"},
    {"positional_embedding", "embeddings.position_embedding.weight"},
    {"ln_post.bias", "post_layernorm.bias"},
    {"ln_post.weight", "post_layernorm.weight"},
    {"ln_pre.bias", "pre_layrnorm.bias"},
    {"ln_pre.weight", "pre_layrnorm.weight"},
}};

inline constexpr std::array<openclip_name, 5> inverse_layer_names{{
    {"ln_1", "layer_norm1"},
    {"ln_2", "layer_norm2"},
    {"mlp.c_fc", "mlp.fc1"},
    {"mlp.c_proj", "mlp.fc2"},
    {"attn.out_proj", "self_attn.out_proj"},
}};

/// A name put together from short pieces.
class short_name {
public:
    short_name& operator<<(std::string_view piece) noexcept;
    short_name& operator<<(std::uint32_t number) noexcept;

    std::string_view view() const noexcept { return {text_.data(), size_}; }

    /// A copy that lasts, empty when there is no memory for it.
    std::string_view kept(arena& texts) const noexcept;

private:
    std::array<char, 96> text_{};
    std::size_t          size_ = 0;
};

/// Gives one encoder's tensors their own names back.
class openclip_inverse {
public:
    openclip_inverse(splitting& work, ordered_dict& dict, const openclip_place& place) noexcept;

    result<void> rename_all(std::span<const openclip_name> names);

    /// In strict conduct as many layers as there are.
    result<void> rename_layers();

    /// The projection under its short name, turned back.
    result<void> turn_projection(std::string_view short_name);

private:
    static constexpr std::string_view attention = ".attn.in_proj_";

    result<void> rename_in_layer(std::uint32_t layer, const openclip_name& name, std::string_view kind,
                                 bool& has_layer);

    /// One tensor of a layer's attention becomes three: as many rows each, q, k and v.
    result<void> split_attention(std::uint32_t layer, std::string_view kind, bool& has_layer);

    splitting*     work_;
    ordered_dict*  dict_;
    openclip_place place_;
};

/// Gives a text encoder's tensors their own names back: q, k and v apart as views, the projection turned back.
/// errors: projection_rank; no_such_axis for a fused tensor without rows; in strict conduct uneven_qkv, name_collision;
///         out_of_memory
/// source: ComfyUI 0.8.0, utils.py, clip_text_transformers_convert
result<void> text_from_openclip(splitting& work, ordered_dict& dict, const openclip_place& place);

/// The same for a vision encoder; `prefix` is the one its tensors have in the file.
/// errors: as above
/// source: ComfyUI 0.8.0, clip_vision.py, convert_to_transformers
result<void> vision_from_openclip(splitting& work, ordered_dict& dict, std::string_view prefix);

/// Whether a vision encoder under that prefix has OpenCLIP's names.
bool has_openclip_vision(const ordered_dict& dict, std::string_view prefix) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "openclip_inverse.ipp"
#endif

#endif
