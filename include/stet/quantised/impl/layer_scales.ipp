// SPDX-License-Identifier: MIT
#include "layer_scales.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

inline result<void> collect_scales(scale_array& to, const tensor_view& tensor, dtype type,
                                   const allocator& memory)
{
    if (tensor.data == nullptr || tensor.size == 0)
        return {};
    auto made = scale_array::of(tensor, type, memory);
    if (!made)
        return made.error();
    to = *std::move(made);
    return {};
}

STET_INLINE result<void> layer_scales::collect(const stored_values& layer, const allocator& memory)
{
    // One-byte scales are E4M3, whatever they are called; those of mxfp8 and of bitsandbytes are read as codes.
    const bool are_e4m3 = (layer.rule == value_rule::nvfp4 || layer.rule == value_rule::asym_w4a8) &&
                          bit_width(layer.scale.type) == 8;
    const std::pair<scale_array*, const tensor_view*> others[]{{&second_scale, &layer.second_scale},
                                                               {&zeros, &layer.zeros},
                                                               {&levels, &layer.levels},
                                                               {&nested_levels, &layer.nested_levels}};
    auto done = collect_scales(scale, layer.scale, are_e4m3 ? dtype::f8_e4m3 : layer.scale.type, memory);
    for (const auto& [to, tensor] : others)
        done = done ? collect_scales(*to, *tensor, tensor->type, memory) : done;
    for (unsigned code = 0; code < code_values.size(); ++code)
        code_values[code] = byte_code_value(layer, static_cast<std::uint8_t>(code));
    return done;
}

} // namespace STET_NAMESPACE::detail
