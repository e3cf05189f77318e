// SPDX-License-Identifier: MIT
#include "../../tensor/views.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../encoded.hpp"
#include "asym_rules.hpp"
#include "blocked_scales.hpp"
#include "code_rules.hpp"
#include "encoding_passes.hpp"
#include "marker_object.hpp"
#include "style_encoding.hpp"
#include "value_words.hpp"

#include <span>

namespace STET_NAMESPACE::quantised {

STET_INLINE style style_of(const layers& found, const layer& one) noexcept
{
    style      how{.format = one.format, .settings = one.settings};
    const auto tensor = [&](std::string_view name) -> const tensor_view* {
        const std::uint32_t position = one.position_of(name);
        return position == no_tensor ? nullptr : &found.tensors()[position].tensor;
    };
    const tensor_view* const scale = tensor("weight_scale");
    how.has_row_scales = scale != nullptr && !scale->shape.empty();
    if (scale != nullptr && scale->type == dtype::u8)
        how.block_scales = dtype::u8;
    how.has_codebook = tensor("weight_codebook") != nullptr;
    const tensor_view* const groups = tensor("weight_s_rel");
    if (groups != nullptr && !groups->shape.empty() && one.weight != no_tensor) {
        const extents&      stored = found.tensors()[one.weight].tensor.shape;
        const std::uint64_t count = groups->shape[groups->shape.rank() - 1];
        if (!stored.empty() && stored[stored.rank() - 1] / 3 * 4 == count * one.settings.group_size)
            how.bits = 6;
    }
    how.has_marker = one.described_by != described_by::metadata;
    return how;
}

STET_INLINE encoded::encoded(const allocator& memory) noexcept
    : encoding_(memory), scales_(memory), names_(memory), marker_(memory), tensors_(memory)
{
}

STET_INLINE result<encoded> encoded::of(std::string_view layer, const tensor_view& values, const style& how,
                                        const allocator& memory)
{
    encoded made(memory);
    auto    done = made.prepare(values, how);
    done = done ? made.make_scales(how) : done;
    done = done ? made.add_all(layer, how) : done;
    if (!done)
        return layer.empty() ? done.error().about("weight") : done.error().about(layer, ".weight");
    return made;
}

STET_INLINE result<void> encoded::prepare(const tensor_view& values, const style& how)
{
    auto one = detail::encoding_of(values, {.format = how.format,
                                            .settings = &how.settings,
                                            .has_row_scales = how.has_row_scales,
                                            .has_codebook = how.has_codebook,
                                            .bits = how.bits});
    if (!one)
        return one.error();
    one->memory = encoding_.memory();
    settings said = how.settings;
    said.group_size = one->group;
    if (!encoding_.push(*one) || !detail::put_marker(marker_, *how.format, said))
        return error{.code = errc::out_of_memory};
    return {};
}

STET_INLINE result<void> encoded::make_scales(const style& how)
{
    detail::encoding& one = encoding_[0];
    const auto        refused = [&how](std::string_view why) {
        return error{.code = errc::not_quantisable}.with(how.format->name, why);
    };
    if (detail::has_row_scales(one, how.has_row_scales)) {
        if (one.rows > SIZE_MAX || !scales_.resize(detail::memory_size(one.rows)))
            return error{.code = errc::out_of_memory, .expected = one.rows * sizeof(float)};
        if (auto done = detail::measure_rows(one, scales_.data()); !done)
            return done;
        for (float& scale : scales_) {
            if (!(scale <= detail::most_finite))
                return refused("holds numbers that are not finite");
            scale = detail::row_scale(scale, one.rule);
        }
        one.row_scales = scales_.data();
        return {};
    }
    const bool is_float8 = one.rule == detail::value_rule::bytes && one.codes != dtype::i8;
    if (how.scale && !(*how.scale > 0 && *how.scale <= detail::most_finite))
        return refused("is given a scale that is not above 0");
    if (!how.scale || !is_float8) {
        const auto largest = detail::measure(one);
        if (!largest)
            return largest.error();
        if (detail::is_nan(*largest))
            return refused("holds NaN");
        if (*largest > detail::most_finite && (!how.scale || one.rule == detail::value_rule::mxfp8))
            return refused("holds an infinity");
        one.scale = detail::whole_scale(*largest, one.rule, one.codes, one.values.type);
    }
    one.scale = how.scale.value_or(one.scale);
    if (!scales_.push(one.scale))
        return error{.code = errc::out_of_memory};
    return {};
}

/// There is room.
STET_INLINE result<void> encoded::add(std::string_view layer, std::string_view name,
                                      const result<tensor_view>& view)
{
    if (!view)
        return view.error();
    const std::size_t begin = names_.size();
    const bool        is_kept =
        names_.append({layer.data(), layer.size()}) && (layer.empty() || names_.push('.')) &&
        names_.append({name.data(), name.size()}) &&
        tensors_.push({.name = {names_.data() + begin, names_.size() - begin}, .tensor = *view});
    return is_kept ? result<void>() : error{.code = errc::out_of_memory};
}

STET_INLINE result<void> encoded::add_all(std::string_view layer, const style& how)
{
    using detail::value_rule;
    constexpr std::size_t most_entries = 5;
    constexpr std::size_t longest_name = 24;
    if (!names_.reserve(most_entries * (layer.size() + longest_name)) || !tensors_.reserve(most_entries))
        return error{.code = errc::out_of_memory};
    const detail::encoding& one = encoding_[0];
    const auto              codes = [&](dtype type, const extents& shape) {
        return produced_view(type, shape, one, [](const detail::encoding& from, sink_ref destination) {
            return detail::pour_codes(from, destination);
        });
    };
    const auto scales = [&](dtype type, const extents& shape) {
        return produced_view(type, shape, one, [](const detail::encoding& from, sink_ref destination) {
            return detail::pour_scales(from, destination);
        });
    };
    const std::span<const float> numbers(scales_.data(), scales_.size());
    const auto                   blocks = [&](std::uint64_t width) {
        return extents{detail::rounded_up(one.stored_rows, detail::scale_tile_rows),
                       detail::rounded_up(one.stored_columns / width, detail::scale_tile_columns)};
    };
    const extents packed{one.stored_rows, detail::stored_row_size(one.rule, one.stored_columns, one.bits)};
    result<void>  done;
    const auto    next = [&](std::string_view name, const result<tensor_view>& view) {
        done = done ? add(layer, name, view) : done;
    };
    if (one.rule == value_rule::nvfp4) {
        next("weight", codes(dtype::u8, packed));
        next("weight_scale", scales(dtype::f8_e4m3, blocks(16)));
        next("weight_scale_2", view_of(numbers, {}));
    } else if (one.rule == value_rule::mxfp8) {
        next("weight", codes(dtype::f8_e4m3, packed));
        next("weight_scale", scales(how.block_scales, blocks(32)));
    } else if (one.rule == value_rule::convrot_w4a4) {
        next("weight", codes(dtype::i8, packed));
        next("weight_scale", view_of(numbers, {one.rows}));
    } else if (one.rule == value_rule::asym_w4a8) {
        next("weight", codes(dtype::i8, packed));
        next("weight_s_rel", scales(dtype::f8_e4m3, {one.rows, one.columns / one.group}));
        next("weight_s_channel", view_of(numbers, {one.rows}));
        if (one.has_levels)
            next("weight_codebook", view_of(detail::usual_levels, {16}));
    } else {
        next("weight", codes(one.codes, one.values.shape));
        next("weight_scale", view_of(numbers, one.row_scales == nullptr ? extents{} : extents{one.rows, 1}));
    }
    if (how.has_marker)
        next("comfy_quant", view_of(dtype::u8, {marker_.size()}, marker_.data(), marker_.size()));
    return done;
}

} // namespace STET_NAMESPACE::quantised
