// SPDX-License-Identifier: MIT
#include "group_name.hpp"
#include "layer_finder.hpp"
#include "scale_values.hpp"
#include "tensor_check.hpp"
#include "zero_scales.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void tensor_check::run()
{
    check_weight_type();
    find_stored();
    if (stored_) {
        check_told_shape();
        check_rotation();
        check_group_size();
        check_bias();
    }
    for (const quantised::side_tensor& meaning : format_.side_tensors)
        check_side(meaning);
    check_strangers(one_, own_, out_);
}

// ---- the weight -------------------------------------------------------------------------------------------

STET_INLINE void tensor_check::check_weight_type()
{
    const tensor_view& weight = out_.tensor(one_.weight);
    if (format_.weight_types.contains(weight.type))
        return;
    bool is_read = format_.loadable_weight_types.contains(weight.type);
    if (!is_read && format_.code_valued_types.contains(weight.type)) {
        const dtype codes = format_.weight_types.contains(dtype::f8_e4m3)   ? dtype::f8_e4m3
                            : format_.weight_types.contains(dtype::f8_e5m2) ? dtype::f8_e5m2
                                                                            : dtype::i8;
        const auto  all = values_ ? are_codes(weight, codes) : result<bool>(true);
        if (!all)
            return out_.fail(all.error().about(out_.name(one_.weight)));
        is_read = *all;
    }
    out_.say(rule::weight_dtype, is_read ? severity::warning : severity::error, one_.name, one_.weight,
             fact_text().put(format_.weight_types).view(), name(weight.type));
}

STET_INLINE void tensor_check::find_stored()
{
    const extents& weight = out_.tensor(one_.weight).shape;
    if (weight.size() != 2 && weight.size() != 3) {
        out_.say(rule::weight_rank, severity::error, one_.name, one_.weight,
                 "two axes, or three in a bank of experts", shape_text(weight).view());
        return;
    }
    const std::uint32_t relative = one_.position_of("weight_s_rel");
    const extents       groups = relative == quantised::no_tensor ? extents() : out_.tensor(relative).shape;
    bits_ = code_bits_of(format_, weight[weight.size() - 1], groups.empty() ? 0 : groups[groups.size() - 1],
                         one_.settings.group_size);
    stored_ = stored_shape_of(weight, bits_);
    const bool     is_int4_int8 = format_.arithmetic == quantised::arithmetic::int4_int8;
    const unsigned step = is_int4_int8 ? (bits_ == 6 ? 32U : 16U) : format_.block;
    if (stored_ && stored_->columns % step == 0)
        return;
    out_.say(rule::weight_shape, severity::error, one_.name, one_.weight,
             fact_text("a row of a multiple of ").put(step).put(" columns").view(),
             shape_text(weight).view());
    stored_.reset();
}

STET_INLINE void tensor_check::check_told_shape()
{
    const auto fits = [this](const std::optional<std::uint64_t>& told, std::uint64_t stored) {
        return !told || *told == stored ||
               (*told <= longest_axis && rounded_up(*told, format_.padding) == stored);
    };
    if (fits(one_.shape.rows, stored_->rows) && fits(one_.shape.columns, stored_->columns))
        return;
    out_.say(rule::weight_shape, severity::error, one_.name, one_.weight,
             fact_text()
                 .put(one_.shape.rows.value_or(0))
                 .put(" rows of ")
                 .put(one_.shape.columns.value_or(0))
                 .put(" columns")
                 .view(),
             fact_text().put(stored_->rows).put(" rows of ").put(stored_->columns).put(" columns").view());
}

STET_INLINE void tensor_check::say_field(std::string_view member, std::uint64_t value,
                                         std::string_view expected)
{
    out_.say(rule::marker_field_value, severity::error, one_.name, one_.position_of("comfy_quant"),
             fact_text("'").put(member).put("' to be ").put(expected).view(), fact_text().put(value).view());
}

STET_INLINE void tensor_check::check_rotation()
{
    if (!one_.settings.convrot || !format_.members.convrot_groupsize)
        return;
    const std::uint64_t size = one_.settings.convrot_groupsize;
    std::uint64_t       power = 4;
    while (power < size && power < longest_axis)
        power *= 4;
    if (power != size || stored_->columns % size != 0)
        say_field("convrot_groupsize", size,
                  fact_text("a power of 4 from 4 on that divides ").put(stored_->columns).view());
}

STET_INLINE void tensor_check::check_group_size()
{
    if (!format_.members.group_size)
        return;
    const std::uint64_t size = one_.settings.group_size;
    has_group_size_ = size != 0 && stored_->columns % size == 0;
    if (format_.arithmetic == quantised::arithmetic::int4_int8) {
        const bool fits =
            bits_ == 6 ? size != 0 && size % 16 == 0 : size >= 4 && (16 % size == 0 || size % 16 == 0);
        has_group_size_ = has_group_size_ && fits;
    }
    if (!has_group_size_)
        say_field("group_size", size, fact_text("one that divides ").put(stored_->columns).view());
}

STET_INLINE void tensor_check::check_bias()
{
    if (one_.bias == quantised::no_tensor)
        return;
    const extents&    bias = out_.tensor(one_.bias).shape;
    const std::size_t rank = stored_->is_bank ? 2 : 1;
    bool              fits = bias.size() == rank && (!stored_->is_bank || bias[0] == stored_->experts);
    if (fits) {
        const std::uint64_t length = bias[rank - 1];
        fits = length == stored_->rows ||
               (length <= longest_axis && rounded_up(length, format_.padding) == stored_->rows);
    }
    if (!fits)
        out_.say(rule::bias_shape, severity::error, one_.name, one_.bias,
                 shape_text(usual_side_shape(quantised::side_shape::rows, *stored_, 1, 1)).view(),
                 shape_text(bias).view());
}

// ---- side tensors -----------------------------------------------------------------------------------------

STET_INLINE std::uint32_t tensor_check::position_of(const quantised::side_tensor& meaning) const noexcept
{
    for (const quantised::companion& each : one_.companions) {
        if (each.meaning == &meaning)
            return each.position;
    }
    return quantised::no_tensor;
}

STET_INLINE void tensor_check::check_side(const quantised::side_tensor& meaning)
{
    const std::uint32_t position = position_of(meaning);
    if (position == quantised::no_tensor)
        return say_missing(meaning);
    const bool has_type = check_side_type(meaning, position);
    if (check_side_shape(meaning, position) && has_type)
        check_side_values(meaning, position);
}

STET_INLINE void tensor_check::say_missing(const quantised::side_tensor& meaning)
{
    if (meaning.is_required)
        out_.say(rule::scale_missing, severity::error, one_.name, quantised::no_tensor,
                 fact_text("a tensor '").put(meaning.name).put("'").view(), "none");
    else if (meaning.shape == quantised::side_shape::sixteen && bits_ == 4)
        out_.say(rule::codebook_missing, severity::info, one_.name, quantised::no_tensor,
                 fact_text("a tensor '").put(meaning.name).put("', or levels from -8 to 7").view(), "none");
}

STET_INLINE bool tensor_check::check_side_type(const quantised::side_tensor& meaning, std::uint32_t position)
{
    const dtype type = out_.tensor(position).type;
    const bool  is_right = meaning.types.contains(type) || meaning.types.empty();
    const bool  is_read = is_right || meaning.loadable.contains(type);
    if (!is_right)
        out_.say(rule::scale_dtype, is_read ? severity::warning : severity::error, one_.name, position,
                 fact_text().put(meaning.types).view(), name(type));
    return is_read;
}

STET_INLINE bool tensor_check::check_side_shape(const quantised::side_tensor& meaning, std::uint32_t position)
{
    const bool needs_group_size = meaning.shape == quantised::side_shape::row_by_group ||
                                  meaning.shape == quantised::side_shape::group_by_row;
    if (!stored_ || (needs_group_size && !has_group_size_))
        return false;
    const extents&  shape = out_.tensor(position).shape;
    const shape_fit fit =
        fit_of(shape, meaning.shape, *stored_, format_.block, format_.padding, one_.settings.group_size);
    if (fit != shape_fit::right)
        out_.say(
            rule::scale_shape, fit == shape_fit::wrong ? severity::error : severity::warning, one_.name,
            position,
            shape_text(usual_side_shape(meaning.shape, *stored_, format_.block, one_.settings.group_size))
                .view(),
            shape_text(shape).view());
    return fit != shape_fit::wrong;
}

STET_INLINE void tensor_check::check_side_values(const quantised::side_tensor& meaning,
                                                 std::uint32_t                 position)
{
    if (!values_ || meaning.values == quantised::side_values::any)
        return;
    const tensor_view& scales = out_.tensor(position);
    auto               odd = look_at_scales(scales, meaning, *stored_, format_.block);
    if (!odd)
        return out_.fail(odd.error().about(out_.name(position)));
    const auto in_use = count_zeros_in_use(scales, meaning,
                                           {.weight = out_.tensor(one_.weight),
                                            .format = format_,
                                            .shape = *stored_,
                                            .bits = bits_,
                                            .group_size = one_.settings.group_size},
                                           odd->zero, memory_);
    if (!in_use)
        return out_.fail(in_use.error().about(out_.name(one_.weight)));
    odd->zero = *in_use;
    if (odd->any())
        out_.say(rule::scale_value, severity::warning, one_.name, position,
                 "finite numbers, and 0 only over zeros",
                 fact_text()
                     .put(odd->not_numbers)
                     .put(" NaN, ")
                     .put(odd->infinite)
                     .put(" infinite, ")
                     .put(odd->zero)
                     .put(" zero")
                     .view());
}

STET_INLINE void tensor_check::check_strangers(const quantised::layer&             one,
                                               array_view<const quantised::format> own, finding_writer& out)
{
    const bool is_undescribed = one.described_by == quantised::described_by::nothing;
    const bool is_old = one.described_by == quantised::described_by::old_names ||
                        (is_undescribed && one.position_of("scale_weight") != quantised::no_tensor);
    for (const quantised::companion& each : one.companions) {
        if (each.meaning != nullptr || each.name == "comfy_quant")
            continue;
        const bool is_of_another = is_telling_side(each.name, own) || each.name == "input_scale" ||
                                   each.name == "pre_quant_scale" || is_block_member(each.name);
        const auto found = is_of_another ? rule::side_tensor_unused : rule::side_tensor_unknown;
        if (is_undescribed && is_of_another)
            continue;
        if (is_old && part_named(each.name) == group_part::old_side)
            continue;
        out.say(found, severity::warning, one.name, each.position,
                is_of_another ? "a side tensor of the layer's format" : "a side tensor of a format",
                each.name);
    }
}

} // namespace STET_NAMESPACE::detail
