// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_OPENCLIP_INVERSE_HPP
#define STET_SPLIT_IMPL_OPENCLIP_INVERSE_HPP

#include "splitting.hpp"
#include "tensor_parts.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
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
    short_name& operator<<(std::string_view piece) noexcept
    {
        std::memcpy(text_.data() + size_, piece.data(), piece.size());
        size_ += piece.size();
        return *this;
    }
    short_name& operator<<(std::uint32_t number) noexcept
    {
        size_ = static_cast<std::size_t>(
            std::to_chars(text_.data() + size_, text_.data() + text_.size(), number).ptr - text_.data());
        return *this;
    }

    std::string_view view() const noexcept { return {text_.data(), size_}; }

    /// A copy that lasts, empty when there is no memory for it.
    std::string_view kept(arena& texts) const noexcept
    {
        char* const text = texts.text(size_);
        if (text == nullptr)
            return {};
        std::memcpy(text, text_.data(), size_);
        return {text, size_};
    }

private:
    std::array<char, 96> text_{};
    std::size_t          size_ = 0;
};

/// Gives one encoder's tensors their own names back.
class openclip_inverse {
public:
    openclip_inverse(splitting& work, ordered_dict& dict, const openclip_place& place) noexcept
        : work_(&work), dict_(&dict), place_(place)
    {
    }

    result<void> rename_all(std::span<const openclip_name> names)
    {
        for (const openclip_name& name : names) {
            const auto renamed = work_->rename(*dict_, {.prefix = place_.openclip, .stem = name.openclip},
                                               {.prefix = place_.encoder, .stem = name.internal});
            if (!renamed)
                return renamed.error();
        }
        return {};
    }

    /// In strict conduct as many layers as there are.
    result<void> rename_layers()
    {
        bool has_layer = true;
        for (std::uint32_t layer = 0; layer < place_.layers || (has_layer && work_->is_strict()); ++layer) {
            has_layer = false;
            for (const openclip_name& name : inverse_layer_names) {
                for (const std::string_view kind : {".weight", ".bias"}) {
                    if (auto renamed = rename_in_layer(layer, name, kind, has_layer); !renamed)
                        return renamed;
                }
            }
            for (const std::string_view kind : {"weight", "bias"}) {
                if (auto split = split_attention(layer, kind, has_layer); !split)
                    return split;
            }
        }
        return {};
    }

    /// The projection under its short name, turned back.
    result<void> turn_projection(std::string_view short_name)
    {
        const placed_name                from{.prefix = place_.openclip, .stem = short_name};
        const ordered_dict::entry* const found = dict_->find(from);
        if (found == nullptr)
            return {};
        const auto turned = turned_back(*found->tensor, work_->own(), work_->memory());
        if (!turned)
            return turned.error().about(from.prefix, from.stem);
        dict_->remove(from);
        return work_->set(*dict_, {.stem = place_.projection}, *turned);
    }

private:
    static constexpr std::string_view attention = ".attn.in_proj_";

    result<void> rename_in_layer(std::uint32_t layer, const openclip_name& name, std::string_view kind,
                                 bool& has_layer)
    {
        short_name from;
        from << "transformer.resblocks." << layer << "." << name.openclip << kind;
        const placed_name placed{.prefix = place_.openclip, .stem = from.view()};
        if (dict_->find(placed) == nullptr)
            return {};
        has_layer = true;
        short_name to;
        to << "encoder.layers." << layer << "." << name.internal << kind;
        const std::string_view kept = to.kept(work_->own());
        if (kept.empty())
            return splitting::exhausted();
        const auto renamed = work_->rename(*dict_, placed, {.prefix = place_.encoder, .stem = kept});
        return renamed ? result<void>() : result<void>(renamed.error());
    }

    /// One tensor of a layer's attention becomes three: as many rows each, q, k and v.
    result<void> split_attention(std::uint32_t layer, std::string_view kind, bool& has_layer)
    {
        short_name from;
        from << "transformer.resblocks." << layer << attention << kind;
        const placed_name                placed{.prefix = place_.openclip, .stem = from.view()};
        const ordered_dict::entry* const found = dict_->find(placed);
        if (found == nullptr)
            return {};
        has_layer = true;
        const tensor_view fused = *found->tensor;
        if (fused.shape.empty())
            return error{.code = errc::no_such_axis}.about(placed.prefix, placed.stem);
        const std::uint64_t rows = fused.shape[0] / 3;
        if (work_->is_strict() && rows * 3 != fused.shape[0])
            return error{.code = errc::uneven_qkv, .expected = 3, .actual = fused.shape[0]}.about(
                placed.prefix, placed.stem);
        dict_->remove(placed);
        std::uint64_t begin = 0;
        for (const std::string_view part : {"q", "k", "v"}) {
            const auto view = rows_of(fused, begin, begin + rows, work_->own());
            begin += rows;
            if (!view)
                return view.error().about(placed.prefix, placed.stem);
            short_name to;
            to << "encoder.layers." << layer << ".self_attn." << part << "_proj." << kind;
            const std::string_view kept = to.kept(work_->own());
            if (kept.empty())
                return splitting::exhausted();
            if (auto set = work_->set(*dict_, {.prefix = place_.encoder, .stem = kept}, *view); !set)
                return set;
        }
        return {};
    }

    splitting*     work_;
    ordered_dict*  dict_;
    openclip_place place_;
};

/// Gives a text encoder's tensors their own names back: q, k and v apart as views, the projection turned back.
/// errors: projection_rank; no_such_axis for a fused tensor without rows; in strict conduct uneven_qkv, name_collision;
///         out_of_memory
/// source: ComfyUI 0.8.0, utils.py, clip_text_transformers_convert
inline result<void> text_from_openclip(splitting& work, ordered_dict& dict, const openclip_place& place)
{
    detail::openclip_inverse inverse(work, dict, place);
    if (auto done = inverse.rename_all(detail::inverse_names); !done)
        return done;
    if (auto done = inverse.rename_layers(); !done)
        return done;
    // A projection with a module's name was never turned.
    const auto renamed = work.rename(dict, {.prefix = place.openclip, .stem = "text_projection.weight"},
                                     {.stem = place.projection});
    return renamed ? inverse.turn_projection("text_projection") : result<void>(renamed.error());
}

/// The same for a vision encoder; `prefix` is the one its tensors have in the file.
/// errors: as above
/// source: ComfyUI 0.8.0, clip_vision.py, convert_to_transformers
inline result<void> vision_from_openclip(splitting& work, ordered_dict& dict, std::string_view prefix)
{
    detail::openclip_inverse inverse(work, dict,
                                     {.openclip = prefix,
                                      .encoder = "vision_model.",
                                      .projection = "visual_projection.weight",
                                      .layers = 48});
    if (auto done = inverse.rename_all(detail::inverse_vision_names); !done)
        return done;
    if (auto done = inverse.turn_projection("proj"); !done)
        return done;
    if (auto done = inverse.rename_all(detail::inverse_names); !done)
        return done;
    return inverse.rename_layers();
}

/// Whether a vision encoder under that prefix has OpenCLIP's names.
inline bool has_openclip_vision(const ordered_dict& dict, std::string_view prefix) noexcept
{
    return dict.find({.prefix = prefix, .stem = "transformer.resblocks.0.attn.in_proj_weight"}) != nullptr;
}

} // namespace STET_NAMESPACE::detail

#endif
