// SPDX-License-Identifier: MIT
#include "../../tensor/numbers.hpp"
#include "scale_values.hpp"

#include <bit>

namespace STET_NAMESPACE::detail {

STET_INLINE code_scales::code_scales(quantised::side_values values, const stored_shape* tiles,
                                     unsigned block) noexcept
    : values_(values), tiles_(tiles)
{
    if (tiles == nullptr)
        return;
    rows_ = tiles->rows;
    columns_ = tiles->columns / block;
    row_of_tiles_ = rounded_up(columns_, 4) / 4 * 512;
    expert_ = rounded_up(rows_, 128) / 128 * row_of_tiles_;
}

STET_INLINE result<void> code_scales::write(bytes data) noexcept
{
    for (const std::byte each : data) {
        if (is_used(at_++))
            look_at(static_cast<unsigned>(each));
    }
    return {};
}

// Tiles of 128 rows and 4 columns, 512 bytes each: row r at 16 * (r % 32) + 4 * (r / 32), column c at c.
STET_INLINE bool code_scales::is_used(std::uint64_t at) const noexcept
{
    if (tiles_ == nullptr)
        return true;
    if (expert_ == 0)
        return false;
    at %= expert_;
    const std::uint64_t inside = at % 512;
    const std::uint64_t row = at / row_of_tiles_ * 128 + inside % 16 / 4 * 32 + inside / 16;
    const std::uint64_t column = at % row_of_tiles_ / 512 * 4 + inside % 4;
    return row < rows_ && column < columns_;
}

STET_INLINE void code_scales::look_at(unsigned code) noexcept
{
    if (values_ == quantised::side_values::e8m0_codes) {
        found_.infinite += code == 0xFF ? 1U : 0U;
        found_.zero += code == 0 ? 1U : 0U;
    } else {
        found_.not_numbers += (code & 0x7FU) == 0x7F ? 1U : 0U;
        found_.zero += (code & 0x7FU) == 0 ? 1U : 0U;
    }
}

// Looked at as bits, so that -ffast-math cannot reason them away.
inline void look_at_number(float number, odd_scales& found) noexcept
{
    constexpr std::uint32_t infinity = 0x7F800000U;
    const std::uint32_t     magnitude = std::bit_cast<std::uint32_t>(number) & 0x7FFFFFFFU;
    found.not_numbers += magnitude > infinity ? 1U : 0U;
    found.infinite += magnitude == infinity ? 1U : 0U;
    found.zero += magnitude == 0 ? 1U : 0U;
}

STET_INLINE result<odd_scales> look_at_scales(const tensor_view&            scales,
                                              const quantised::side_tensor& meaning,
                                              const stored_shape& weight, unsigned block)
{
    const bool has_codes = meaning.values == quantised::side_values::e4m3_codes ||
                           meaning.values == quantised::side_values::e8m0_codes;
    if (has_codes && bit_width(scales.type) == 8) {
        const bool  in_tiles = meaning.shape == quantised::side_shape::blocks;
        code_scales looking(meaning.values, in_tiles ? &weight : nullptr, block);
        if (auto poured = pour(scales, looking); !poured)
            return poured.error();
        return looking.found();
    }
    odd_scales found;
    if (bit_width(scales.type) < 16)
        return found;
    const auto read = each_number<float>(scales, [&found](float number) { look_at_number(number, found); });
    if (!read && read.error().code != errc::not_convertible && read.error().code != errc::value_does_not_fit)
        return read.error();
    return found;
}

/// Whether a float is one of those with `fraction` bits after the point, down to 2^least, and not beyond `largest`.
inline bool is_of_eight_bits(float number, unsigned fraction, int least, float largest) noexcept
{
    const auto          bits = std::bit_cast<std::uint32_t>(number);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude == 0 || magnitude > 0x7F800000U) // NaN has a code of its own
        return true;
    const float positive = std::bit_cast<float>(magnitude);
    if (positive > largest)
        return false;
    const int exponent = static_cast<int>(magnitude >> 23U) - 127;
    const int last =
        exponent - static_cast<int>(fraction) > least ? exponent - static_cast<int>(fraction) : least;
    const int  dropped = 23 - (exponent - last); // low bits of the significand that must be 0
    const auto significand = (magnitude & 0x7FFFFFU) | 0x800000U;
    return dropped <= 0 ||
           (dropped < 24 && (significand & ((1U << static_cast<unsigned>(dropped)) - 1)) == 0);
}

inline bool is_whole_byte(float number) noexcept
{
    if (!(number >= -128.0F && number <= 127.0F)) // neither is NaN
        return false;
    const auto whole = static_cast<float>(static_cast<int>(number));
    return !(whole < number) && !(whole > number);
}

STET_INLINE result<bool> are_codes(const tensor_view& numbers, dtype codes)
{
    bool       all = true;
    const auto read = each_number<float>(numbers, [&all, codes](float number) {
        if (codes == dtype::f8_e4m3)
            all = all && is_of_eight_bits(number, 3, -9, 448.0F);
        else if (codes == dtype::f8_e5m2)
            all = all && (is_of_eight_bits(number, 2, -16, 57344.0F) ||
                          (std::bit_cast<std::uint32_t>(number) & 0x7FFFFFFFU) == 0x7F800000U);
        else
            all = all && is_whole_byte(number);
    });
    if (!read && read.error().code != errc::not_convertible && read.error().code != errc::value_does_not_fit)
        return read.error();
    return read ? all : false;
}

} // namespace STET_NAMESPACE::detail
