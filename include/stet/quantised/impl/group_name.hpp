// SPDX-License-Identifier: MIT
// Which layer a tensor belongs to, by its name.
#ifndef STET_QUANTISED_IMPL_GROUP_NAME_HPP
#define STET_QUANTISED_IMPL_GROUP_NAME_HPP

#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

enum class group_part : std::uint8_t {
    none, ///< of no layer, as names go
    weight,
    bias,
    marker,
    side,     ///< `weight_...`, `scale_...`, `input_scale`, `pre_quant_scale`
    old_side, ///< `scale_weight`, `scale_input`
    blocks,   ///< of bitsandbytes
    flag,     ///< `scaled_fp8`; its layer is a prefix
};

struct group_name {
    std::string_view layer{};
    std::string_view member{};
    group_part       part = group_part::none;
};

inline constexpr std::string_view block_state_start = "weight.quant_state.bitsandbytes__";

constexpr bool is_block_member(std::string_view member) noexcept
{
    return member == "weight.absmax" || member == "weight.quant_map" || member == "weight.nested_absmax" ||
           member == "weight.nested_quant_map" || member.starts_with(block_state_start);
}

constexpr group_part part_named(std::string_view member) noexcept
{
    if (member == "weight")
        return group_part::weight;
    if (member == "bias")
        return group_part::bias;
    if (member == "comfy_quant")
        return group_part::marker;
    if (member == "scaled_fp8")
        return group_part::flag;
    if (member == "scale_weight" || member == "scale_input")
        return group_part::old_side;
    const bool is_side = member.starts_with("weight_") || member.starts_with("scale_") ||
                         member == "input_scale" || member == "pre_quant_scale";
    return is_side ? group_part::side : group_part::none;
}

/// Splits `blocks.0.attn.q.weight_scale` at the last dot, names of bitsandbytes before `weight.`.
constexpr group_name split_group_name(std::string_view name) noexcept
{
    constexpr std::string_view inside = ".weight.";
    if (const std::size_t at = name.rfind(inside); at != std::string_view::npos && at != 0) {
        const std::string_view member = name.substr(at + 1);
        if (is_block_member(member))
            return {.layer = name.substr(0, at), .member = member, .part = group_part::blocks};
    }
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) {
        if (name == "scaled_fp8")
            return {.member = name, .part = group_part::flag};
        return {};
    }
    const std::string_view member = name.substr(dot + 1);
    return {.layer = name.substr(0, dot), .member = member, .part = part_named(member)};
}

} // namespace STET_NAMESPACE::detail

#endif
