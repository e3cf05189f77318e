// SPDX-License-Identifier: MIT
#ifndef STET_BENCHMARKS_SUPPORT_CHECKPOINT_NAMES_HPP
#define STET_BENCHMARKS_SUPPORT_CHECKPOINT_NAMES_HPP

#include <stet/layout/family.hpp>
#include <stet/state/model.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace benchmarks {

using state_dict = std::vector<std::pair<std::string, stet::tensor_view>>;

/// Gives the model no prefix, so that a million names fit into a header.
using unprefixed = stet::prefix_layout<stet::under<stet::role::model, "">>;

/// More of them are cut short, for no header would hold them.
inline constexpr std::size_t most_long_names = 400'000;

/// Names as a diffusion model with adapters has them, long and alike, in an order that has nothing to do with the
/// file's, each with a tensor of one float.
inline state_dict shuffled_names(std::size_t count)
{
    static const std::array<float, 1>     value{1.0F};
    constexpr std::array<const char*, 10> leaves{
        "to_q.weight",        "to_k.weight",        "to_v.weight",        "to_out.0.weight",
        "to_out.0.bias",      "to_q.lora_a.weight", "to_q.lora_b.weight", "to_v.lora_a.weight",
        "to_v.lora_b.weight", "norm.weight"};
    constexpr std::array<const char*, 10> short_leaves{"q.w",   "k.w",   "v.w",   "out.w", "out.b",
                                                       "q.a.w", "q.b.w", "v.a.w", "v.b.w", "norm"};
    const bool                            is_short = count > most_long_names;
    state_dict                            dict;
    dict.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string name = is_short ? "blocks." : "input_blocks.";
        name += std::to_string(i / 400) + (is_short ? "." : ".1.transformer_blocks.") +
                std::to_string(i / 20 % 20) + (is_short ? ".a" : ".attn") + std::to_string(i / 10 % 2 + 1) +
                "." + (is_short ? short_leaves : leaves)[i % 10];
        dict.emplace_back(std::move(name), *stet::view_of(std::span(value), {1}));
    }
    std::shuffle(dict.begin(), dict.end(), std::mt19937(7));
    return dict;
}

} // namespace benchmarks

#endif
