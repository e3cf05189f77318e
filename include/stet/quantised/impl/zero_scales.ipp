// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "blocked_scales.hpp"
#include "scale_array.hpp"
#include "unit_feed.hpp"
#include "value_words.hpp"
#include "zero_scales.hpp"

#include <cstddef>

namespace STET_NAMESPACE::detail {

/// A byte of equal codes, once one was seen.
struct code_byte {
    bool      is_known = false;
    std::byte value{};

    bool is_all(const std::byte* from, std::uint64_t count, unsigned bits) noexcept
    {
        if (!is_known && count != 0) {
            const auto first = std::to_integer<unsigned>(*from) & ((1U << bits) - 1);
            value = static_cast<std::byte>(bits == 2 ? first * 0x55U : bits == 4 ? first * 0x11U : first);
            is_known = true;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            if (from[i] != value)
                return false;
        }
        return true;
    }
};

/// A scale, and what was seen of the codes under it.
struct seen_scale {
    bool      is_zero = false;
    bool      is_in_use = false;
    code_byte low{};  ///< the four low bits of codes of six, else all
    code_byte high{}; ///< the two high bits of codes of six
};

/// Looks at the rows of a weight whose codes fill whole bytes under each scale.
class zero_scale_counter {
public:
    zero_scale_counter(const stored_codes& codes, quantised::side_shape shape, std::uint64_t span,
                       growing_array<seen_scale>& scales) noexcept
        : codes_(codes), shape_(shape), span_(span), spans_(codes.shape.columns / span), scales_(scales)
    {
    }

    void look_at_row(const std::byte* row) noexcept
    {
        const std::uint64_t expert = row_ / codes_.shape.rows;
        const std::uint64_t inside = row_++ % codes_.shape.rows;
        for (std::uint64_t i = 0; i < spans_; ++i) {
            seen_scale& scale = scales_[memory_size(scale_at(expert, inside, i))];
            if (scale.is_zero && !scale.is_in_use)
                scale.is_in_use = has_codes(row, i, scale);
        }
    }

private:
    std::uint64_t scale_at(std::uint64_t expert, std::uint64_t row, std::uint64_t span) const noexcept
    {
        using quantised::side_shape;
        const std::uint64_t rows = codes_.shape.rows;
        if (shape_ == side_shape::blocks)
            return expert * blocked_size(rows, spans_) + blocked_row_offset(row, spans_) +
                   blocked_column_offset(span);
        if (shape_ == side_shape::row_by_group)
            return (expert * rows + row) * spans_ + span;
        if (shape_ == side_shape::group_by_row)
            return (expert * spans_ + span) * rows + row;
        if (scales_.size() == 1)
            return 0;
        return scales_.size() == codes_.shape.experts ? expert : expert * rows + row;
    }

    /// Whether a span of a row has codes that the scale takes something from.
    bool has_codes(const std::byte* row, std::uint64_t span, seen_scale& scale) const noexcept
    {
        using quantised::arithmetic;
        const arithmetic    how = codes_.format.arithmetic;
        const unsigned      low_bits = codes_.bits == 6 ? 4 : codes_.bits;
        const std::uint64_t wide = codes_.bits == 8 ? bit_width(codes_.weight.type) : low_bits;
        const std::uint64_t count = span_ * wide / 8;
        const std::byte*    from = row + memory_size(span * count);
        if (how == arithmetic::int4_int8 || how == arithmetic::awq) {
            const std::byte* high = row + memory_size((codes_.shape.columns * 4 + span * span_ * 2) / 8);
            return !scale.low.is_all(from, count, low_bits) ||
                   (codes_.bits == 6 && !scale.high.is_all(high, span_ / 4, 2));
        }
        const bool     has_sign = codes_.weight.type != dtype::i8 && codes_.weight.type != dtype::u8;
        const unsigned last = how == arithmetic::nvfp4 ? 0x77 : has_sign ? 0x7F : 0xFF;
        for (std::uint64_t i = 0; i < count; ++i) {
            const bool is_last = wide <= 8 || (i + 1) % (wide / 8) == 0; // of a number, where the sign is
            if ((std::to_integer<unsigned>(from[i]) & (is_last ? last : 0xFFU)) != 0)
                return true;
        }
        return false;
    }

    const stored_codes&        codes_;
    quantised::side_shape      shape_;
    std::uint64_t              span_;    ///< columns to a scale
    std::uint64_t              spans_;   ///< of a row
    std::uint64_t              row_ = 0; ///< the next one, through all experts
    growing_array<seen_scale>& scales_;
};

/// Which scales are 0.
inline result<growing_array<seen_scale>> zero_scales_of(const tensor_view&     scales,
                                                        quantised::side_values values,
                                                        const allocator&       memory)
{
    const bool has_codes = bit_width(scales.type) == 8;
    const auto array = scale_array::of(scales, scales.type, memory);
    if (!array)
        return array.error();
    growing_array<seen_scale> seen(memory);
    if (!seen.resize(memory_size(array->size())))
        return out_of_memory(array->size() * sizeof(seen_scale));
    const unsigned mask = values == quantised::side_values::e8m0_codes ? 0xFF : 0x7F;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen[i] = {};
        seen[i].is_zero = has_codes ? (array->code(i) & mask) == 0 : is_zero((*array)[i]);
    }
    return seen;
}

/// How many columns stand under a scale. 0 where the format says nothing of it, where the tensors have not the dtypes of
/// their format, and where codes of two scales share a byte.
inline std::uint64_t columns_to_a_scale(const tensor_view& scales, const quantised::side_tensor& meaning,
                                        const stored_codes& codes) noexcept
{
    using quantised::arithmetic;
    using quantised::side_shape;
    using quantised::side_values;
    const quantised::format& format = codes.format;
    const arithmetic         how = format.arithmetic;
    const dtype              type = codes.weight.type;
    const bool               is_number =
        scales.type == dtype::f32 || scales.type == dtype::f16 || scales.type == dtype::bf16;
    const bool is_code = meaning.values != side_values::scale && bit_width(scales.type) == 8;
    const bool is_valued = format.code_valued_types.contains(type);
    const bool has_type =
        is_valued || format.weight_types.contains(type) || format.loadable_weight_types.contains(type);
    if (how < arithmetic::float8 || how > arithmetic::awq || (!is_number && !is_code) || !has_type)
        return 0;
    std::uint64_t span = 0;
    switch (meaning.shape) {
    case side_shape::one:
    case side_shape::one_or_rows:
    case side_shape::rows:
        span = codes.shape.columns;
        break;
    case side_shape::blocks:
        span = format.block;
        break;
    case side_shape::row_by_group:
    case side_shape::group_by_row:
        span = codes.group_size;
        break;
    case side_shape::any:
    case side_shape::columns:
    case side_shape::sixteen:
        break;
    }
    const unsigned step = codes.bits == 6 ? 4 : codes.bits == 4 ? 2 : 1;
    return span % step == 0 && span <= codes.shape.columns ? span : 0;
}

STET_INLINE result<std::uint64_t> count_zeros_in_use(const tensor_view&            scales,
                                                     const quantised::side_tensor& meaning,
                                                     const stored_codes& codes, std::uint64_t zero_count,
                                                     const allocator& memory)
{
    const std::uint64_t span = columns_to_a_scale(scales, meaning, codes);
    if (zero_count == 0 || span == 0)
        return zero_count;
    if (codes.weight.size == 0)
        return std::uint64_t{0};
    const std::uint64_t rows = codes.shape.experts * codes.shape.rows;
    auto                seen = zero_scales_of(scales, meaning.values, memory);
    if (!seen)
        return seen.error();
    zero_scale_counter counter(codes, meaning.shape, span, *seen);
    const auto         size = codes.weight.size / rows;
    unit_feed          by_rows(
        size,
        [&](const std::byte* from, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i)
                counter.look_at_row(from + i * memory_size(size));
            return result<void>();
        },
        memory);
    if (auto poured = pour(codes.weight, by_rows); !poured)
        return poured.error();
    std::uint64_t in_use = 0;
    for (const seen_scale& one : *seen)
        in_use += one.is_in_use ? 1U : 0U;
    return in_use;
}

} // namespace STET_NAMESPACE::detail
