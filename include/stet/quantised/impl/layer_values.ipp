// SPDX-License-Identifier: MIT
#include "../../tensor/sizes.hpp"
#include "blocked_scales.hpp"
#include "layer_tensors.hpp"
#include "layer_values.hpp"
#include "rotation.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Puts the tensors of one layer together, up to the first thing that does not fit.
class layer_reading : private layer_tensors {
public:
    using layer_tensors::layer_tensors;

    result<layer_values> read() noexcept;

private:
    bool is_one_or_experts(const tensor_view& tensor, std::string_view name) noexcept;
    bool take_weight() noexcept;
    bool take_matrix(unsigned columns_in_bytes, unsigned bytes) noexcept;
    bool take_logical() noexcept;
    bool take_rotation() noexcept;
    bool take_scale_of_bytes() noexcept;

    bool read_plain() noexcept;
    bool read_float8() noexcept;
    bool read_int8() noexcept;
    bool read_nvfp4() noexcept;
    bool read_mxfp8() noexcept;
    bool read_int4() noexcept;
    bool read_int4_int8() noexcept;
    bool read_awq() noexcept;
    bool read_bitsandbytes() noexcept;
    bool read_nested(std::uint64_t blocks) noexcept;
    bool read_any() noexcept;

    stored_values stored_{};
    extents       shape_{};
};

inline bool layer_reading::is_one_or_experts(const tensor_view& tensor, std::string_view name) noexcept
{
    const std::uint64_t count = count_of(tensor);
    return count == 1 || count == stored_.experts || fails_to_fit(name);
}

/// A weight of the format's own types, or of one whose bits are read alike. Codes of floats are looked at where they are
/// read.
inline bool layer_reading::take_weight() noexcept
{
    const quantised::format& format = *layer().format;
    if (!take_weight_of_layer(stored_.weight) || !is_one_byte(stored_.weight, "weight"))
        return false;
    const dtype type = stored_.weight.type;
    return format.weight_types.empty() || format.weight_types.contains(type) ||
           format.loadable_weight_types.contains(type) ||
           format.arithmetic == quantised::arithmetic::float8 ||
           fail("weight", "has a dtype that is none of its codes");
}

/// A matrix, or a bank of them, of codes that take `bytes` in `columns`.
inline bool layer_reading::take_matrix(unsigned columns, unsigned bytes) noexcept
{
    const extents& axes = stored_.weight.shape;
    if (axes.rank() != 2 && axes.rank() != 3)
        return fail("weight", "has neither two axes nor three");
    const std::size_t last = axes.rank() - 1;
    if (axes[last] % bytes != 0)
        return fail("weight", "has a row of no whole codes");
    stored_.experts = last == 2 ? axes[0] : 1;
    stored_.stored_rows = axes[last - 1];
    stored_.stored_columns = axes[last] / bytes * columns;
    return true;
}

/// What the padding hides, or the shape stored.
inline bool layer_reading::take_logical() noexcept
{
    const quantised::logical_shape& known = layer().shape;
    stored_.rows = known.rows.value_or(stored_.stored_rows);
    stored_.columns = known.columns.value_or(stored_.stored_columns);
    const bool may_be_padded = layer().format->padding > 1;
    if (may_be_padded ? stored_.rows > stored_.stored_rows || stored_.columns > stored_.stored_columns
                      : stored_.rows != stored_.stored_rows || stored_.columns != stored_.stored_columns)
        return fail("weight", "has fewer rows or columns than it should");
    if (stored_.weight.shape.rank() == 3)
        shape_ = {stored_.experts, stored_.rows, stored_.columns};
    else
        shape_ = {stored_.rows, stored_.columns};
    return true;
}

inline bool layer_reading::take_rotation() noexcept
{
    stored_.rotation = layer().settings.convrot_groupsize;
    if (!is_rotation_size(stored_.rotation) || stored_.stored_columns % stored_.rotation != 0)
        return fail("convrot_groupsize", "is no power of 4 that divides its columns");
    return true;
}

/// One scale, one a row, or one an expert: its axes are the weight's first ones.
inline bool layer_reading::take_scale_of_bytes() noexcept
{
    if (!take(stored_.scale, "weight_scale") || !is_float(stored_.scale, "weight_scale"))
        return false;
    const extents& scales = stored_.scale.shape;
    const extents& axes = stored_.weight.shape;
    stored_.group = stored_.columns == 0 ? 1 : stored_.columns;
    if (count_of(stored_.scale) == 1)
        return true;
    std::size_t rank = scales.rank();
    while (rank != 0 && scales[rank - 1] == 1)
        --rank;
    const bool is_bank = axes.rank() == 3 && rank <= 1;
    if (rank > axes.rank() || (scales.rank() != axes.rank() && !is_bank))
        return fails_to_fit("weight_scale");
    std::uint64_t count = 1;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        if (scales[axis] != axes[axis])
            return fails_to_fit("weight_scale");
        count *= scales[axis];
    }
    if (count == 0)
        return stored_.columns == 0 || fails_to_fit("weight_scale");
    stored_.group = stored_.columns / count;
    return true;
}

inline bool layer_reading::read_plain() noexcept
{
    stored_.codes = stored_.weight.type;
    if (stored_.codes != dtype::f8_e4m3 && stored_.codes != dtype::f8_e5m2)
        return fail("weight", "has a dtype that is none of its codes");
    shape_ = stored_.weight.shape;
    stored_.columns = stored_.weight.size;
    stored_.group = stored_.columns == 0 ? 1 : stored_.columns;
    return true;
}

/// A weight of the other type under a marker of E4M3 is cast to that when ComfyUI loads it.
inline bool layer_reading::read_float8() noexcept
{
    const bool wants_e4m3 = layer().format->weight_types.contains(dtype::f8_e4m3);
    stored_.codes = stored_.weight.type;
    stored_.is_e5m2_read_as_e4m3 = wants_e4m3 && stored_.codes == dtype::f8_e5m2;
    if (!layer().format->weight_types.contains(stored_.codes) && !stored_.is_e5m2_read_as_e4m3)
        return fail("weight", "has a dtype that is none of its codes");
    shape_ = stored_.weight.shape;
    stored_.columns = stored_.weight.size;
    return take_scale_of_bytes();
}

inline bool layer_reading::read_int8() noexcept
{
    stored_.codes = dtype::i8;
    shape_ = stored_.weight.shape;
    stored_.columns = stored_.weight.size;
    if (!take_scale_of_bytes() || !layer().settings.convrot || stored_.columns == 0)
        return problem().code == errc{};
    if (shape_.empty())
        return fail("weight", "has no axis to rotate");
    stored_.rule = value_rule::rotated_bytes;
    stored_.stored_columns = shape_[shape_.rank() - 1];
    stored_.rows = stored_.columns / stored_.stored_columns;
    stored_.stored_rows = stored_.rows;
    stored_.columns = stored_.stored_columns;
    if (stored_.group % stored_.columns != 0)
        return fails_to_fit("weight_scale");
    return take_rotation();
}

inline bool layer_reading::read_nvfp4() noexcept
{
    stored_.rule = value_rule::nvfp4;
    stored_.group = 16;
    if (!take_matrix(2, 1) || !take_logical())
        return false;
    if (stored_.stored_columns % 16 != 0)
        return fail("weight", "has columns that are no multiple of 16");
    return take(stored_.scale, "weight_scale") && is_one_byte(stored_.scale, "weight_scale") &&
           has_count(stored_.scale, "weight_scale",
                     {stored_.experts, rounded_up(stored_.stored_rows, scale_tile_rows),
                      rounded_up(stored_.stored_columns / 16, scale_tile_columns)}) &&
           take(stored_.second_scale, "weight_scale_2") && is_float(stored_.second_scale, "weight_scale_2") &&
           is_one_or_experts(stored_.second_scale, "weight_scale_2");
}

inline bool layer_reading::read_mxfp8() noexcept
{
    stored_.rule = value_rule::mxfp8;
    stored_.codes = dtype::f8_e4m3;
    stored_.group = 32;
    if (!take_matrix(1, 1) || !take_logical())
        return false;
    if (stored_.weight.type != dtype::f8_e4m3)
        return fail("weight", "has a dtype that is none of its codes");
    if (stored_.stored_columns % 32 != 0)
        return fail("weight", "has columns that are no multiple of 32");
    return take(stored_.scale, "weight_scale") && is_one_byte(stored_.scale, "weight_scale") &&
           has_count(stored_.scale, "weight_scale",
                     {stored_.experts, rounded_up(stored_.stored_rows, scale_tile_rows),
                      rounded_up(stored_.stored_columns / 32, scale_tile_columns)});
}

inline bool layer_reading::read_int4() noexcept
{
    stored_.rule = value_rule::convrot_w4a4;
    if (!take_matrix(2, 1) || !take_logical() || !take_rotation())
        return false;
    return take(stored_.scale, "weight_scale") && is_float(stored_.scale, "weight_scale") &&
           has_count(stored_.scale, "weight_scale", {stored_.experts, stored_.stored_rows});
}

/// How many bits a code takes tells the width of a row beside the count of groups.
inline bool layer_reading::read_int4_int8() noexcept
{
    stored_.rule = value_rule::asym_w4a8;
    stored_.group = layer().settings.group_size;
    if (!take_matrix(2, 1) || !take(stored_.scale, "weight_s_rel"))
        return false;
    const std::uint64_t width = stored_.stored_columns / 2;
    const extents&      groups = stored_.scale.shape;
    if (stored_.group < 4 || stored_.group % 4 != 0 || groups.rank() != stored_.weight.shape.rank())
        return fails_to_fit("weight_s_rel");
    const std::uint64_t count = groups[groups.rank() - 1];
    if (count > UINT64_MAX / 8 / stored_.group)
        return fails_to_fit("weight_s_rel");
    stored_.stored_columns = count * stored_.group;
    if (width / 3 == stored_.stored_columns / 4 && width % 3 == 0 && stored_.stored_columns % 32 == 0)
        stored_.bits = 6;
    else if (width * 2 != stored_.stored_columns)
        return fails_to_fit("weight_s_rel");
    const bool has_codes = stored_.scale.type == dtype::f8_e4m3 || stored_.scale.type == dtype::u8;
    if ((!has_codes && !is_float(stored_.scale, "weight_s_rel")) ||
        !has_count(stored_.scale, "weight_s_rel", {stored_.experts, stored_.stored_rows, count}))
        return false;
    if (!take(stored_.second_scale, "weight_s_channel") ||
        !is_float(stored_.second_scale, "weight_s_channel") ||
        !has_count(stored_.second_scale, "weight_s_channel", {stored_.experts, stored_.stored_rows}))
        return false;
    if (stored_.bits == 4 && !take(stored_.levels, "weight_codebook", false))
        return false;
    if (stored_.levels.data != nullptr &&
        (!is_float(stored_.levels, "weight_codebook") ||
         (count_of(stored_.levels) != 16 &&
          !has_count(stored_.levels, "weight_codebook", {stored_.experts, 16}))))
        return false;
    return take_logical() && take_rotation();
}

inline bool layer_reading::read_awq() noexcept
{
    stored_.rule = value_rule::awq_w4a16;
    stored_.group = layer().settings.group_size;
    if (!take_matrix(2, 1) || !take_logical())
        return false;
    if (stored_.group == 0 || stored_.group % 2 != 0 || stored_.stored_columns % stored_.group != 0)
        return fail("group_size", "is no even number that divides its columns");
    const std::uint64_t groups = stored_.stored_columns / stored_.group;
    return take(stored_.scale, "weight_scale") && is_float(stored_.scale, "weight_scale") &&
           has_count(stored_.scale, "weight_scale", {stored_.experts, groups, stored_.stored_rows}) &&
           take(stored_.zeros, "weight_zeros") && is_float(stored_.zeros, "weight_zeros") &&
           has_count(stored_.zeros, "weight_zeros", {stored_.experts, groups, stored_.stored_rows});
}

inline bool layer_reading::read_bitsandbytes() noexcept
{
    stored_.rule = value_rule::bitsandbytes;
    stored_.group = layer().blocks.blocksize;
    shape_ = layer().shape.whole;
    const auto count = element_count(shape_);
    if (!count || stored_.group == 0 || stored_.weight.size != *count / 2 + *count % 2)
        return fail("weight", "has another size than its quant_state says");
    stored_.columns = *count;
    const std::uint64_t blocks = *count / stored_.group + (*count % stored_.group != 0 ? 1 : 0);
    if (!take(stored_.levels, "weight.quant_map") || !is_float(stored_.levels, "weight.quant_map") ||
        !has_count(stored_.levels, "weight.quant_map", {16}) || !take(stored_.scale, "weight.absmax") ||
        !has_count(stored_.scale, "weight.absmax", {blocks}))
        return false;
    return layer().blocks.nested_blocksize == 0 ? is_float(stored_.scale, "weight.absmax")
                                                : read_nested(blocks);
}

inline bool layer_reading::read_nested(std::uint64_t blocks) noexcept
{
    stored_.nested_group = layer().blocks.nested_blocksize;
    stored_.nested_offset = static_cast<float>(layer().blocks.nested_offset);
    const std::uint64_t scales = blocks / stored_.nested_group + (blocks % stored_.nested_group != 0 ? 1 : 0);
    return is_one_byte(stored_.scale, "weight.absmax") &&
           take(stored_.second_scale, "weight.nested_absmax") &&
           is_float(stored_.second_scale, "weight.nested_absmax") &&
           has_count(stored_.second_scale, "weight.nested_absmax", {scales}) &&
           take(stored_.nested_levels, "weight.nested_quant_map") &&
           is_float(stored_.nested_levels, "weight.nested_quant_map") &&
           has_count(stored_.nested_levels, "weight.nested_quant_map", {256});
}

inline bool layer_reading::read_any() noexcept
{
    if (layer().format == nullptr)
        return fail("format", "is not known");
    if (!take_weight())
        return false;
    switch (layer().format->arithmetic) {
    case quantised::arithmetic::plain:
        return read_plain();
    case quantised::arithmetic::float8:
        return read_float8();
    case quantised::arithmetic::nvfp4:
        return read_nvfp4();
    case quantised::arithmetic::mxfp8:
        return read_mxfp8();
    case quantised::arithmetic::int8:
        return read_int8();
    case quantised::arithmetic::int4:
        return read_int4();
    case quantised::arithmetic::int4_int8:
        return read_int4_int8();
    case quantised::arithmetic::awq:
        return read_awq();
    case quantised::arithmetic::bitsandbytes:
        return read_bitsandbytes();
    case quantised::arithmetic::unknown:
        break;
    }
    return fail("format", "has no rule for its values");
}

inline result<layer_values> layer_reading::read() noexcept
{
    if (!read_any())
        return problem();
    return layer_values{.stored = stored_, .shape = shape_};
}

STET_INLINE result<layer_values> values_of(const quantised::layer&                   layer,
                                           array_view<const quantised::named_tensor> tensors)
{
    return layer_reading(layer, tensors).read();
}

} // namespace STET_NAMESPACE::detail
