// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MERGE_SIDE_HPP
#define STET_MERGE_IMPL_MERGE_SIDE_HPP

#include "../../quantised/find_layers.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Types that are mixed as they are, and that a merge may be asked for.
constexpr bool is_merged_type(dtype type) noexcept
{
    return type == dtype::f32 || type == dtype::f16 || type == dtype::bf16;
}

/// Types of one byte whose codes are numbers.
constexpr bool is_short_float(dtype type) noexcept
{
    return type == dtype::f8_e4m3 || type == dtype::f8_e5m2 || type == dtype::f8_e4m3fnuz ||
           type == dtype::f8_e5m2fnuz;
}

/// One of the files of a merge.
/// lifetime: borrows the file
struct merge_side {
    quantised::layers layers;
    std::string_view  metadata{};   ///< `_quantization_metadata`
    std::string_view  prediction{}; ///< as the metadata says it

    const quantised::named_tensor& at(std::uint32_t position) const noexcept
    {
        return layers.tensors()[position];
    }

    /// The quantised layer that a tensor belongs to, if it has scales or the like; null for a plain tensor.
    const quantised::layer* group_of(std::uint32_t position) const noexcept
    {
        const quantised::layer* const owner = layers.layer_of(position);
        return owner != nullptr && owner->described_by != quantised::described_by::dtype ? owner : nullptr;
    }

    /// Whether a tensor is one of a layer's besides weight and bias: a scale, a table, a marker.
    bool is_companion(std::uint32_t position) const noexcept
    {
        const quantised::layer* const owner = group_of(position);
        return owner != nullptr && position != owner->weight && position != owner->bias;
    }

    /// Whether a tensor is a `scaled_fp8`. These are listed in the order of their positions.
    bool is_flag(std::uint32_t position) const noexcept
    {
        const auto        flags = layers.old_flags();
        const std::size_t first =
            count_before(flags, [&](const quantised::old_flag& flag) { return flag.position < position; });
        return first < flags.size() && flags[first].position == position;
    }
};

} // namespace STET_NAMESPACE::detail

#endif
