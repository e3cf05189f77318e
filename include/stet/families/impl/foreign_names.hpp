// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_FOREIGN_NAMES_HPP
#define STET_FAMILIES_IMPL_FOREIGN_NAMES_HPP

#include "../../layout/layout.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"
#include "../../vocabulary/result.hpp"

#include <array>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The first part of a key that lacks its encoder's name, and how the name of one that has such a part begins.
struct nameless_part {
    std::string_view part;
    std::string_view usual; ///< empty: a checkpoint's own prefix, no encoder's
};

/// What stands at the top of text encoders as they are released, and of whole checkpoints.
inline constexpr std::array<nameless_part, 19> nameless_parts{{
    {"encoder", "t5xxl.transformer."},
    {"decoder", "t5xxl.transformer."},
    {"shared", "t5xxl.transformer."},
    {"text_model", "clip_l.transformer."},
    {"text_projection", "clip_l.transformer."},
    {"logit_scale", "clip_l."},
    {"token_embedding", "clip_g."},
    {"positional_embedding", "clip_g."},
    {"ln_final", "clip_g."},
    {"bert", "hydit_clip.transformer."},
    {"embeddings", "hydit_clip.transformer."},
    {"model", "qwen25_7b.transformer."},
    {"language_model", "qwen25_7b.transformer."},
    {"lm_head", "qwen25_7b.transformer."},
    {"embed_tokens", "qwen25_7b.transformer.model."},
    {"text_encoders", ""},
    {"text_encoder", ""},
    {"cond_stage_model", ""},
    {"conditioner", ""},
}};

/// The part that a key begins with, or null.
constexpr const nameless_part* nameless_part_of(std::string_view key) noexcept
{
    const std::string_view first = key.substr(0, key.find('.'));
    for (const nameless_part& known : nameless_parts) {
        if (known.part == first)
            return &known;
    }
    return nullptr;
}

/// The error of a key that is not the text encoder's own, with what it lacks or bears where that is known.
constexpr error foreign_text_key(const placed_name& key) noexcept
{
    const error                foreign = error{.code = errc::foreign_key}.about(key.prefix, key.stem);
    const nameless_part* const found = key.prefix.empty() ? nameless_part_of(key.stem) : nullptr;
    if (found != nullptr && found->usual.empty())
        return error{.code = errc::foreign_prefix}.about(key.stem).with(found->part);
    return found != nullptr ? foreign.with(found->usual) : foreign;
}

/// Refuses a key that begins with a checkpoint's prefix, given without its dot.
/// errors: foreign_prefix
inline result<void> without_prefix(std::string_view prefix, std::string_view key)
{
    const bool bears = key.starts_with(prefix) && key.substr(prefix.size()).starts_with('.');
    return bears ? result<void>(error{.code = errc::foreign_prefix}.about(key).with(prefix)) : result<void>();
}

} // namespace STET_NAMESPACE::detail

#endif
