// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_LAYER_SCALES_HPP
#define STET_QUANTISED_IMPL_LAYER_SCALES_HPP

#include "../../tensor/half.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "scale_array.hpp"
#include "stored_values.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// What is read beside a layer's codes, at hand while they are read.
struct layer_scales {
    explicit layer_scales(const allocator& memory) noexcept
        : scale(memory), second_scale(memory), zeros(memory), levels(memory), nested_levels(memory)
    {
    }

    /// errors: out_of_memory; those of the tensors
    result<void> collect(const stored_values& layer, const allocator& memory);

    scale_array scale;
    scale_array second_scale;
    scale_array zeros;
    scale_array levels;
    scale_array nested_levels;
    /// What the bytes of a rule with codes of a byte are, before they are scaled.
    std::array<float, 256> code_values{};
};

/// A code of a byte as the number it stands for.
constexpr float byte_code_value(const stored_values& layer, std::uint8_t code) noexcept
{
    if (layer.codes == dtype::i8)
        return static_cast<float>(static_cast<std::int8_t>(code));
    if (!layer.is_e5m2_read_as_e4m3)
        return float_from_f8(layer.codes, code);
    const float value = float_from_f8(dtype::f8_e5m2, code);
    return float_from_f8(dtype::f8_e4m3, casts::f8_from_float(dtype::f8_e4m3, value));
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_scales.ipp"
#endif

#endif
