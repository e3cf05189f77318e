// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_VALUE_MAKER_HPP
#define STET_QUANTISED_IMPL_VALUE_MAKER_HPP

#include "../../vocabulary/config.hpp"
#include "blocked_scales.hpp"
#include "layer_scales.hpp"
#include "level_values.hpp"
#include "nibble_lookup.hpp"
#include "row_floats.hpp"
#include "stored_values.hpp"
#include "value_block.hpp"
#include "value_words.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace STET_NAMESPACE::detail {

/// Makes a layer's values of its codes, which come in order. What a code and its scale give is rounded once for a
/// table where many share the scale, and looked up.
/// Word: an element of the values, as bits in the host's order
template <class Word>
class value_maker {
public:
    value_maker(const stored_values& layer, dtype wanted, sink_ref destination,
                const allocator& memory) noexcept
        : layer_(layer), wanted_(wanted), memory_(memory), out_(destination, sizeof(Word), memory),
          scales_(memory), rows_(layer, scales_, wanted), tables_(memory), floats_(memory)
    {
    }
    value_maker(const value_maker&) = delete;
    value_maker& operator=(const value_maker&) = delete;

    /// errors: out_of_memory; those of the tensors
    result<void> prepare();

    /// Takes whole rows of codes; of rules without rows, bytes.
    /// errors: those of the sink
    result<void> put(const std::byte* units, std::size_t count);

    /// errors: those of the sink
    result<void> flush() { return out_.flush(); }

private:
    static constexpr std::size_t table_count = 256;
    static constexpr std::size_t float_chunk = 4096; ///< a rotation's size, so that those below divide it
    static constexpr std::size_t worth_a_table = 256;

    using table = nibble_table<Word>;

    Word word(float value) const noexcept { return static_cast<Word>(word_of(wanted_, value)); }

    result<void> put_bytes(const std::byte* codes, std::uint64_t count);
    void         make_bytes(const std::byte* codes, std::size_t count, std::byte* to) noexcept;
    Word         byte_word(std::size_t code, float scale) const noexcept;

    result<void> put_nibbles(const std::byte* codes, std::uint64_t first, std::uint64_t count);
    const table* table_at(std::uint64_t element, std::size_t slot) noexcept;
    const table* nvfp4_table(std::uint64_t block) noexcept;
    void         fill_awq(table& words, std::uint64_t group) const noexcept;
    float        block_maximum(std::uint64_t group) const noexcept;

    result<void> put_row(const std::byte* row);
    result<void> put_floats(const std::byte* row);

    const stored_values&  layer_;
    dtype                 wanted_;
    allocator             memory_;
    value_block           out_;
    layer_scales          scales_;
    row_floats            rows_;
    growing_array<table>  tables_;
    growing_array<float>  floats_;
    std::array<float, 16> levels_{}; ///< of bitsandbytes
    std::array<Word, 256> byte_words_{};
    std::array<bool, 256> has_table_{};
    std::uint64_t         words_group_ = UINT64_MAX; ///< whose products byte_words_ has
    std::uint64_t         at_ = 0;                   ///< elements so far, of rules without rows
    std::uint64_t         expert_ = 0;
    std::uint64_t         row_ = 0;   ///< of the expert
    std::uint64_t         first_ = 0; ///< of the row's scales in tiles
    const table*          last_table_ = nullptr;
    std::uint64_t         last_group_ = 0;
};

template <class Word>
result<void> value_maker<Word>::prepare()
{
    if (auto done = scales_.collect(layer_, memory_); !done)
        return done;
    if (layer_.rule == value_rule::bitsandbytes) {
        for (std::size_t code = 0; code < levels_.size(); ++code)
            levels_[code] = scales_.levels[code];
    }
    const bool        has_floats = layer_.rule == value_rule::mxfp8 || layer_.rotation != 0;
    const bool        has_tables = !has_floats && layer_.rule != value_rule::bytes;
    const std::size_t chunk = layer_.rotation > float_chunk ? memory_size(layer_.rotation) : float_chunk;
    if ((has_floats && !floats_.resize(chunk)) || (has_tables && !tables_.resize(table_count)))
        return error{.code = errc::out_of_memory, .expected = chunk * sizeof(float)};
    return {};
}

template <class Word>
result<void> value_maker<Word>::put(const std::byte* units, std::size_t count)
{
    if (layer_.rule == value_rule::bytes)
        return put_bytes(units, count);
    if (layer_.rule == value_rule::bitsandbytes) {
        const std::uint64_t left = layer_.columns - at_;
        const std::uint64_t elements = left / 2 < count ? left : std::uint64_t{count} * 2;
        const auto          done = put_nibbles(units, at_, elements);
        at_ += elements;
        return done;
    }
    const std::size_t size = memory_size(stored_row_size(layer_.rule, layer_.stored_columns, layer_.bits));
    for (std::size_t i = 0; i < count; ++i) {
        if (row_ < layer_.rows) {
            if (auto done = put_row(units + i * size); !done)
                return done;
        }
        if (++row_ == layer_.stored_rows) {
            row_ = 0;
            ++expert_;
            if (scales_.second_scale.size() > 1)
                has_table_ = {};
        }
    }
    return {};
}

template <class Word>
result<void> value_maker<Word>::put_row(const std::byte* row)
{
    if (layer_.rule == value_rule::nvfp4) {
        const std::uint64_t blocks = layer_.stored_columns / nibble_block;
        first_ = expert_ * blocked_size(layer_.stored_rows, blocks) + blocked_row_offset(row_, blocks);
        return put_nibbles(row, 0, layer_.columns);
    }
    return layer_.rule == value_rule::awq_w4a16 ? put_nibbles(row, 0, layer_.columns) : put_floats(row);
}

// ---- codes of a byte ---------------------------------------------------------------------------------------

/// A code of a float type is rounded before it is scaled, as its scale is.
template <class Word>
Word value_maker<Word>::byte_word(std::size_t code, float scale) const noexcept
{
    const float value = scales_.code_values[code];
    return word((layer_.codes == dtype::i8 ? value : rounded_to(wanted_, value)) * scale);
}

template <class Word>
void value_maker<Word>::make_bytes(const std::byte* codes, std::size_t count, std::byte* to) noexcept
{
    const std::uint64_t group = at_ / layer_.group;
    if (words_group_ != group || layer_.group < worth_a_table) {
        float scale = 1;
        if (!scales_.scale.empty())
            scale = scales_.scale[scales_.scale.size() == 1 ? 0 : group];
        if (layer_.codes != dtype::i8)
            scale = rounded_to(wanted_, scale);
        if (layer_.group < worth_a_table) {
            for (std::size_t i = 0; i < count; ++i) {
                const Word made = byte_word(std::to_integer<std::size_t>(codes[i]), scale);
                std::memcpy(to + i * sizeof(Word), &made, sizeof made);
            }
            return;
        }
        for (std::size_t code = 0; code < byte_words_.size(); ++code)
            byte_words_[code] = byte_word(code, scale);
        words_group_ = group;
    }
    for (std::size_t i = 0; i < count; ++i)
        std::memcpy(to + i * sizeof(Word), &byte_words_[std::to_integer<std::size_t>(codes[i])],
                    sizeof(Word));
}

template <class Word>
result<void> value_maker<Word>::put_bytes(const std::byte* codes, std::uint64_t count)
{
    while (count != 0) {
        const auto room = out_.room(count);
        if (!room)
            return room.error();
        std::uint64_t run = smaller_size(count, std::uint64_t{room->size() / sizeof(Word)});
        run = smaller_size(run, layer_.group - at_ % layer_.group);
        make_bytes(codes, memory_size(run), room->data());
        out_.take(memory_size(run));
        codes += run;
        at_ += run;
        count -= run;
    }
    return {};
}

// ---- codes of four bits that are looked up -----------------------------------------------------------------

template <class Word>
result<void> value_maker<Word>::put_nibbles(const std::byte* codes, std::uint64_t first, std::uint64_t count)
{
    const auto order =
        layer_.rule == value_rule::awq_w4a16 ? nibble_order::low_first : nibble_order::high_first;
    const bool                            has_blocks = layer_.group % nibble_block == 0;
    std::array<const table*, table_count> tables;
    for (std::uint64_t i = 0; i < count;) {
        const auto room = out_.room(count - i);
        if (!room)
            return room.error();
        const std::uint64_t most = smaller_size(count - i, std::uint64_t{room->size() / sizeof(Word)});
        const std::uint64_t beyond = (first + i) % nibble_block;
        std::uint64_t       made = most / nibble_block;
        if (has_blocks && beyond == 0 && made != 0) {
            made = smaller_size(made, std::uint64_t{table_count});
            for (std::size_t block = 0; block < made; ++block)
                tables[block] = table_at(first + i + block * nibble_block, block);
            look_up_nibbles(codes + i / 2, order, tables.data(), memory_size(made), room->data());
            made *= nibble_block;
        } else {
            made = smaller_size(most, layer_.group - (first + i) % layer_.group);
            made = smaller_size(made, nibble_block - beyond);
            const table& words = *table_at(first + i, 0);
            for (std::size_t k = 0; k < made; ++k)
                std::memcpy(room->data() + k * sizeof(Word),
                            &words[nibble_at(codes, memory_size(i) + k, order)], sizeof(Word));
        }
        out_.take(memory_size(made));
        i += made;
    }
    return {};
}

/// slot: where the table may be made; 0 begins anew, the slots below hold those of the blocks before
template <class Word>
const nibble_table<Word>* value_maker<Word>::table_at(std::uint64_t element, std::size_t slot) noexcept
{
    const std::uint64_t group = element / layer_.group;
    if (layer_.rule == value_rule::nvfp4)
        return nvfp4_table(group);
    if (slot != 0 && group == last_group_)
        return last_table_;
    table& words = tables_[slot];
    if (layer_.rule == value_rule::awq_w4a16) {
        fill_awq(words, group);
    } else {
        const float maximum = block_maximum(group);
        for (std::size_t code = 0; code < nibble_block; ++code)
            words[code] = word(levels_[code] * maximum);
    }
    last_group_ = group;
    last_table_ = &words;
    return &words;
}

template <class Word>
const nibble_table<Word>* value_maker<Word>::nvfp4_table(std::uint64_t block) noexcept
{
    const std::uint8_t code = scales_.scale.code(first_ + blocked_column_offset(block));
    if (!has_table_[code]) {
        const float whole =
            rounded_to(wanted_, scales_.second_scale[scales_.second_scale.size() == 1 ? 0 : expert_]);
        const float part = rounded_to(wanted_, float_from_f8(dtype::f8_e4m3, code));
        const float scale = rounded_to(wanted_, whole * part);
        for (std::size_t i = 0; i < nibble_block; ++i)
            tables_[code][i] = word(e2m1_values[i] * scale);
        has_table_[code] = true;
    }
    return &tables_[code];
}

/// The product is rounded before the zero point is added. It goes through a double, where it is exact: what is rounded
/// from there nothing can fuse with the sum.
template <class Word>
void value_maker<Word>::fill_awq(table& words, std::uint64_t group) const noexcept
{
    const std::uint64_t groups = layer_.stored_columns / layer_.group;
    const std::uint64_t at = (expert_ * groups + group) * layer_.stored_rows + row_;
    const dtype         step = layer_.scale.type == wanted_ ? wanted_ : dtype::f32;
    const double        scale = static_cast<double>(scales_.scale[at]);
    const float         zero = scales_.zeros[at];
    for (std::size_t code = 0; code < nibble_block; ++code) {
        const auto product = static_cast<float>((static_cast<double>(code) - 8) * scale);
        words[code] = word(rounded_to(step, rounded_to(step, product) + zero));
    }
}

/// Of a block of bitsandbytes: as stored, or a code of its own with a scale and an offset.
template <class Word>
float value_maker<Word>::block_maximum(std::uint64_t group) const noexcept
{
    if (scales_.nested_levels.empty())
        return scales_.scale[group];
    const double product = static_cast<double>(scales_.nested_levels[scales_.scale.code(group)]) *
                           static_cast<double>(scales_.second_scale[group / layer_.nested_group]);
    return static_cast<float>(product) + layer_.nested_offset;
}

// ---- rows that are made as floats --------------------------------------------------------------------------

template <class Word>
result<void> value_maker<Word>::put_floats(const std::byte* row)
{
    rows_.begin(row, expert_, row_);
    for (std::uint64_t column = 0; column < layer_.columns;) {
        const std::size_t count =
            memory_size(smaller_size(std::uint64_t{floats_.size()}, layer_.columns - column));
        rows_.make(column, count, floats_.data());
        for (std::size_t i = 0; i < count;) {
            const auto room = out_.room(count - i);
            if (!room)
                return room.error();
            const std::size_t run = smaller_size(count - i, room->size() / sizeof(Word));
            words_from(floats_.data() + i, run, wanted_, room->data());
            out_.take(run);
            i += run;
        }
        column += count;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail

#endif
