// SPDX-License-Identifier: MIT
#include "blocked_scales.hpp"
#include "rotation.hpp"
#include "style_encoding.hpp"
#include "value_words.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline error unfit(const encoding_wish& wish, std::string_view why) noexcept
{
    return error{.code = errc::not_quantisable}.with(wish.format->name, why);
}

/// Sets rows and columns of a matrix.
inline bool take_axes(encoding& one) noexcept
{
    if (one.values.shape.rank() != 2)
        return false;
    one.rows = one.values.shape[0];
    one.columns = one.values.shape[1];
    one.stored_rows = one.rows;
    one.stored_columns = one.columns;
    return true;
}

/// Whether the rotation is one, and divides the columns.
inline bool take_rotation(encoding& one, std::uint64_t size) noexcept
{
    one.rotation = size;
    return is_rotation_size(size) && one.columns % size == 0;
}

inline constexpr std::string_view no_matrix = "has not two axes";
inline constexpr std::string_view no_rotation = "has columns that the rotation does not divide";
inline constexpr std::string_view no_groups = "has columns that its groups do not divide";

inline result<encoding> padded_encoding(encoding one, const encoding_wish& wish,
                                        std::uint64_t multiple) noexcept
{
    if (!take_axes(one))
        return unfit(wish, no_matrix);
    one.stored_rows = rounded_up(one.rows, multiple);
    one.stored_columns = rounded_up(one.columns, multiple);
    return one;
}

inline result<encoding> int8_encoding(encoding one, const encoding_wish& wish) noexcept
{
    one.codes = dtype::i8;
    if (!wish.settings->convrot && !wish.has_row_scales)
        return one;
    if (!take_axes(one))
        return unfit(wish, no_matrix);
    if (!wish.settings->convrot)
        return one;
    one.rule = value_rule::rotated_bytes;
    if (!take_rotation(one, wish.settings->convrot_groupsize))
        return unfit(wish, no_rotation);
    return one;
}

inline result<encoding> int4_encoding(encoding one, const encoding_wish& wish) noexcept
{
    one.rule = value_rule::convrot_w4a4;
    if (!take_axes(one))
        return unfit(wish, no_matrix);
    if (!take_rotation(one, wish.settings->convrot_groupsize))
        return unfit(wish, no_rotation);
    return one;
}

inline result<encoding> asym_encoding(encoding one, const encoding_wish& wish) noexcept
{
    one.rule = value_rule::asym_w4a8;
    one.bits = wish.bits;
    one.has_levels = wish.has_codebook && wish.bits == 4;
    const std::uint64_t chosen = wish.settings->group_size;
    one.group = chosen == 0 ? wish.format->members.usual_group_size : chosen;
    if (!take_axes(one))
        return unfit(wish, no_matrix);
    if (!take_rotation(one, wish.settings->convrot_groupsize))
        return unfit(wish, no_rotation);
    const bool is_group = one.group >= 4 && (16 % one.group == 0 || one.group % 16 == 0);
    if (one.bits != 4 && one.bits != 6)
        return unfit(wish, "can have codes of 4 or 6 bits only");
    const bool is_six = one.bits == 6;
    if (!is_group || one.columns % 16 != 0 || one.columns % one.group != 0 ||
        (is_six && (one.group % 16 != 0 || one.columns % 32 != 0)))
        return unfit(wish, no_groups);
    return one;
}

STET_INLINE result<encoding> encoding_of(const tensor_view& values, const encoding_wish& wish) noexcept
{
    if (!is_value_type(values.type))
        return error{.code = errc::not_convertible}.with(name(values.type), wish.format->name);
    if (auto sound = values.soundness(); !sound)
        return sound.error();
    if (values.data == nullptr && values.size != 0)
        return error{.code = errc::missing_tensor};
    encoding one{.values = values, .columns = values.size / element_size(values.type)};
    one.stored_columns = one.columns;
    switch (wish.format->arithmetic) {
    case quantised::arithmetic::float8:
        if (wish.format->weight_types.contains(dtype::f8_e5m2))
            one.codes = dtype::f8_e5m2;
        return one;
    case quantised::arithmetic::nvfp4:
        one.rule = value_rule::nvfp4;
        return padded_encoding(one, wish, 16);
    case quantised::arithmetic::mxfp8:
        one.rule = value_rule::mxfp8;
        return padded_encoding(one, wish, 32);
    case quantised::arithmetic::int8:
        return int8_encoding(one, wish);
    case quantised::arithmetic::int4:
        return int4_encoding(one, wish);
    case quantised::arithmetic::int4_int8:
        return asym_encoding(one, wish);
    case quantised::arithmetic::awq:
    case quantised::arithmetic::bitsandbytes:
    case quantised::arithmetic::plain:
    case quantised::arithmetic::unknown:
        break;
    }
    return unfit(wish, "has no rule by which it would be made so");
}

} // namespace STET_NAMESPACE::detail
