// SPDX-License-Identifier: MIT
// What a component file holds, as far as its tensors' names tell.
#ifndef EXAMPLE_GUESSED_KIND_HPP
#define EXAMPLE_GUESSED_KIND_HPP

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

/// The beginning that every name has, of those that components bear in checkpoints; or one that only some have, with
/// `is_whole` false.
struct common_prefix {
    std::string_view prefix{};
    bool             is_whole = false;
};

/// The prefix that a component's file bears although it has its own names: of any family's layout.
inline common_prefix prefix_in(const stet::checkpoint_header& header)
{
    constexpr std::array<std::string_view, 6> prefixes{"model.diffusion_model.", "first_stage_model.",
                                                       "cond_stage_model.",      "conditioner.embedders.",
                                                       "text_encoders.",         "vae."};
    for (const std::string_view prefix : prefixes) {
        std::size_t count = 0;
        for (const stet::stored_tensor tensor : header)
            count += tensor.name.starts_with(prefix) ? 1U : 0U;
        if (count != 0)
            return {.prefix = prefix, .is_whole = count == header.size()};
    }
    return {};
}

} // namespace example

#endif
