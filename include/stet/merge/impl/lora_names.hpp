// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_LORA_NAMES_HPP
#define STET_MERGE_IMPL_LORA_NAMES_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Beginnings of a name's parts that only the factors of a LoRA, LoHa, LoKr or DoRA have.
inline constexpr std::array<std::string_view, 14> factor_parts{"lora_up",          "lora_down",
                                                               "lora_mid",         "lora_A",
                                                               "lora_B",           "lora_embedding_A",
                                                               "lora_embedding_B", "lora_magnitude_vector",
                                                               "lora.up",          "lora.down",
                                                               "hada_w",           "hada_t",
                                                               "lokr_w",           "lokr_t"};

/// Whether a tensor is a factor of a product that is added to a model's weight, or its strength.
constexpr bool is_lora_name(std::string_view name) noexcept
{
    if (name.starts_with("lora_unet_") || name.starts_with("lora_te") || name.ends_with(".dora_scale"))
        return true;
    for (const std::string_view part : factor_parts) {
        for (std::size_t at = name.find(part); at != std::string_view::npos; at = name.find(part, at + 1)) {
            // Older diffusers names have it inside a part: `to_q_lora.up.weight`.
            const bool begins = at == 0 || name[at - 1] == '.' || (part[4] == '.' && name[at - 1] == '_');
            if (begins)
                return true;
        }
    }
    return false;
}

} // namespace STET_NAMESPACE::detail

#endif
