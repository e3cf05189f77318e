// SPDX-License-Identifier: MIT
// What a component file holds, as far as its tensors' names tell.
#ifndef EXAMPLE_GUESSED_KIND_HPP
#define EXAMPLE_GUESSED_KIND_HPP

#include "component.hpp"

#include <stet/read/checkpoint_header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace example {

enum class kind { unknown, model, text_encoder, vae, lora };

namespace guessed_kind_parts {

template <std::size_t count>
bool begins_with_any(std::string_view name, const std::array<std::string_view, count>& beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view one) { return name.starts_with(one); });
}

inline bool contains(std::string_view name, std::string_view piece)
{
    return name.find(piece) != std::string_view::npos;
}

inline bool is_of_lora(std::string_view name)
{
    return contains(name, ".lora_up.") || contains(name, ".lora_down.") || contains(name, ".lora_A.") ||
           contains(name, ".lora_B.");
}

inline bool is_of_text_encoder(std::string_view name)
{
    return contains(name, "text_model.encoder.layers.") || contains(name, ".SelfAttention.");
}

inline bool is_of_model(std::string_view name)
{
    constexpr std::array<std::string_view, 4> beginnings{"input_blocks.", "double_blocks.", "joint_blocks.",
                                                         "down_blocks."};
    return begins_with_any(name, beginnings);
}

inline bool may_be_of_vae(std::string_view name)
{
    constexpr std::array<std::string_view, 4> beginnings{"encoder.", "decoder.", "quant_conv.",
                                                         "post_quant_conv."};
    return begins_with_any(name, beginnings);
}

} // namespace guessed_kind_parts

inline kind guessed_kind(const stet::checkpoint_header& header)
{
    namespace parts = guessed_kind_parts;
    bool is_vae = false, all_of_vae = true, is_text = false, is_model = false;
    for (const stet::stored_tensor tensor : header) {
        if (parts::is_of_lora(tensor.name))
            return kind::lora;
        is_text = is_text || parts::is_of_text_encoder(tensor.name);
        is_model = is_model || parts::is_of_model(tensor.name);
        is_vae = is_vae || tensor.name.starts_with("decoder.conv_in.");
        all_of_vae = all_of_vae && parts::may_be_of_vae(tensor.name);
    }
    if (is_vae && all_of_vae)
        return kind::vae;
    if (is_text != is_model)
        return is_text ? kind::text_encoder : kind::model;
    return kind::unknown;
}

/// What a text encoder alone is, as far as its tensors' names tell.
enum class encoder_kind { unknown, clip, t5 };

inline encoder_kind guessed_encoder(const stet::checkpoint_header& header)
{
    namespace parts = guessed_kind_parts;
    for (const stet::stored_tensor tensor : header) {
        if (parts::contains(tensor.name, ".SelfAttention."))
            return encoder_kind::t5;
        if (parts::contains(tensor.name, "text_model.encoder.layers."))
            return encoder_kind::clip;
    }
    return encoder_kind::unknown;
}

/// What names of a component begin with in a whole checkpoint, of any family.
struct checkpoint_prefix {
    std::string_view text{};
    component        of = component::extra;
    bool             is_all = true; ///< of what saving did to its names
};

inline constexpr std::array<checkpoint_prefix, 8> checkpoint_prefixes{{
    {"model.diffusion_model.", component::model},
    {"model.model.", component::model},
    {"first_stage_model.", component::vae},
    {"vae.", component::vae},
    {"pretransform.model.", component::vae},
    {"text_encoders.", component::text_encoder},
    {"cond_stage_model.", component::text_encoder, false},
    {"conditioner.embedders.", component::text_encoder, false},
}};

/// Such a prefix that a component's file bears although it has its own names.
struct found_prefix {
    checkpoint_prefix prefix{};
    bool              is_in_all = false; ///< every name has it
};

inline found_prefix prefix_in(const stet::checkpoint_header& header)
{
    for (const checkpoint_prefix& prefix : checkpoint_prefixes) {
        std::size_t count = 0;
        for (const stet::stored_tensor tensor : header)
            count += tensor.name.starts_with(prefix.text) ? 1U : 0U;
        if (count != 0)
            return {.prefix = prefix, .is_in_all = count == header.size()};
    }
    return {};
}

} // namespace example

#endif
