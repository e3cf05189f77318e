// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "blocked_scales.hpp"
#include "row_encoder.hpp"
#include "value_words.hpp"

#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE row_encoder::row_encoder(const encoding& one, sink_ref destination) noexcept
    : one_(one), out_(destination, 1, one.memory), made_(one.memory), asym_codes_(one.memory)
{
}

/// Blocks of a row, before they fill tiles.
constexpr std::uint64_t blocks_of(const encoding& one) noexcept
{
    return one.stored_columns / (one.rule == value_rule::nvfp4 ? 16 : 32);
}

STET_INLINE result<void> row_encoder::prepare()
{
    const bool          has_tiles = one_.rule == value_rule::nvfp4 || one_.rule == value_rule::mxfp8;
    const std::uint64_t tiles = has_tiles ? blocked_size(scale_tile_rows, blocks_of(one_)) : 0;
    const std::uint64_t codes = one_.rule == value_rule::bytes ? 0 : one_.stored_columns;
    const std::uint64_t most = tiles > codes ? tiles : codes;
    if (most > SIZE_MAX || !made_.resize(memory_size(most)))
        return error{.code = errc::out_of_memory, .expected = most};
    if (most != 0)
        std::memset(made_.data(), 0, made_.size());
    if (one_.rule == value_rule::asym_w4a8) {
        table_ = asym_levels::of(one_.bits, one_.has_levels);
        if (!asym_codes_.resize(memory_size(one_.columns)))
            return error{.code = errc::out_of_memory, .expected = one_.columns};
    }
    return {};
}

STET_INLINE result<void> row_encoder::put_bytes(float* values, std::size_t count)
{
    while (count != 0) {
        const auto room = out_.room(count);
        if (!room)
            return room.error();
        std::uint64_t run = smaller_size(count, room->size());
        if (one_.row_scales != nullptr)
            run = smaller_size(run, one_.columns - at_ % one_.columns);
        const auto  now = memory_size(run);
        const float scale =
            one_.row_scales == nullptr ? one_.scale : one_.row_scales[memory_size(at_ / one_.columns)];
        if (one_.codes == dtype::i8) {
            int8_codes(values, now, scale, one_.values.type, room->data());
        } else {
            scale_for_float8(values, now, scale, one_.codes, one_.values.type);
            words_from(values, now, one_.codes, room->data());
        }
        out_.take(now);
        values += now;
        at_ += now;
        count -= now;
    }
    return {};
}

STET_INLINE result<void> row_encoder::write(const std::byte* from, std::uint64_t count)
{
    while (count != 0) {
        const auto room = out_.room(count);
        if (!room)
            return room.error();
        const auto run = memory_size(smaller_size(count, std::uint64_t{room->size()}));
        if (from == nullptr) {
            std::memset(room->data(), 0, run);
        } else {
            std::memcpy(room->data(), from, run);
            from += run;
        }
        out_.take(run);
        count -= run;
    }
    return {};
}

/// The codes of a row of groups, packed as its bits say: those of six bits by their low four, then by their high two.
STET_INLINE void row_encoder::make_asym_row(const float* values) noexcept
{
    const auto  columns = memory_size(one_.columns);
    const auto  group = memory_size(one_.group);
    const float scale = one_.row_scales[memory_size(at_)];
    for (std::size_t i = 0; i < columns; i += group)
        static_cast<void>(code_asym_group(table_, values + i, group, scale, asym_codes_.data() + i));
    for (std::size_t i = 0; i < columns; i += 2) {
        const unsigned both = (asym_codes_[i] & 0xFU) | (asym_codes_[i + 1] & 0xFU) << 4U;
        made_[i / 2] = static_cast<std::byte>(both);
    }
    for (std::size_t i = 0; i < columns && one_.bits == 6; i += 4) {
        unsigned tops = 0;
        for (std::size_t k = 0; k < 4; ++k)
            tops |= (unsigned{asym_codes_[i + k]} >> 4U) << (2 * k);
        made_[columns / 2 + i / 4] = static_cast<std::byte>(tops);
    }
}

STET_INLINE void row_encoder::make_codes(float* values) noexcept
{
    const auto columns = memory_size(one_.columns);
    if (one_.rule == value_rule::rotated_bytes)
        return int8_codes(values, columns, one_.row_scales[memory_size(at_)], one_.values.type, made_.data());
    if (one_.rule == value_rule::convrot_w4a4)
        return int4_codes(values, columns, one_.row_scales[memory_size(at_)], made_.data());
    if (one_.rule == value_rule::asym_w4a8)
        return make_asym_row(values);
    if (one_.rule == value_rule::nvfp4) {
        for (std::size_t i = 0; i < columns; i += 16) {
            const std::size_t  count = smaller_size(columns - i, std::size_t{16});
            const std::uint8_t scale = nvfp4_block_scale(values + i, count, one_.scale);
            nvfp4_codes(values + i, count, one_.scale, scale, made_.data() + i / 2);
        }
        return;
    }
    for (std::size_t i = 0; i < columns; i += 32) {
        const std::size_t count = smaller_size(columns - i, std::size_t{32});
        mxfp8_codes(values + i, count, mxfp8_block_scale(values + i, count), made_.data() + i);
    }
}

STET_INLINE result<void> row_encoder::put_row(float* values)
{
    make_codes(values);
    ++at_;
    return write(made_.data(), stored_row_size(one_.rule, one_.stored_columns, one_.bits));
}

STET_INLINE result<void> row_encoder::finish_codes()
{
    for (; one_.rule != value_rule::bytes && at_ < one_.stored_rows; ++at_) {
        if (auto done = write(nullptr, stored_row_size(one_.rule, one_.stored_columns, one_.bits)); !done)
            return done;
    }
    return out_.flush();
}

STET_INLINE result<void> row_encoder::put_scales(const float* values)
{
    const auto columns = memory_size(one_.columns);
    if (one_.rule == value_rule::asym_w4a8) {
        const auto group = memory_size(one_.group);
        for (std::size_t i = 0; i < columns; i += group)
            made_[i / group] = static_cast<std::byte>(code_asym_group(
                table_, values + i, group, one_.row_scales[memory_size(at_)], asym_codes_.data() + i));
        ++at_;
        return write(made_.data(), columns / group);
    }
    const std::size_t   width = one_.rule == value_rule::nvfp4 ? 16 : 32;
    const std::uint64_t first = blocked_row_offset(at_ % scale_tile_rows, blocks_of(one_));
    for (std::size_t i = 0; i < columns; i += width) {
        const std::size_t  count = smaller_size(columns - i, width);
        const std::uint8_t scale = one_.rule == value_rule::nvfp4
                                       ? nvfp4_block_scale(values + i, count, one_.scale)
                                       : mxfp8_block_scale(values + i, count);
        made_[memory_size(first + blocked_column_offset(i / width))] = static_cast<std::byte>(scale);
    }
    ++at_;
    return at_ % scale_tile_rows == 0 ? write_tiles() : result<void>();
}

STET_INLINE result<void> row_encoder::write_tiles()
{
    const auto done = write(made_.data(), blocked_size(scale_tile_rows, blocks_of(one_)));
    if (!made_.empty())
        std::memset(made_.data(), 0, made_.size());
    return done;
}

STET_INLINE result<void> row_encoder::finish_scales()
{
    if (one_.rule != value_rule::asym_w4a8) {
        const std::uint64_t rows = rounded_up(one_.stored_rows, scale_tile_rows);
        for (; at_ < rows; at_ += scale_tile_rows) {
            if (auto done = write_tiles(); !done)
                return done;
        }
    }
    return out_.flush();
}

} // namespace STET_NAMESPACE::detail
