// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_PYTHON_TEXT_HPP
#define STET_VOCABULARY_IMPL_PYTHON_TEXT_HPP

#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// The zero of every script that has decimal digits; the nine others follow it.
/// source: Unicode 14, DerivedNumericType.txt, "Decimal"
inline constexpr std::array<std::uint32_t, 66> zeros{
    0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,
    0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,
    0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  0xA9D0,
    0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0,
    0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0};

/// The first character of a text that is not empty. As in Python's names of files, a byte that is not UTF-8
/// is a character of its own, U+DC80 to U+DCFF.
constexpr decoded_character first_character(std::string_view text) noexcept
{
    const decoded_character first = detail::decode_character(text);
    return first.size != 0
               ? first
               : decoded_character{.code_point = 0xDC00U + static_cast<unsigned char>(text[0]), .size = 1};
}

/// Length of a text in characters, as Python's len() tells it.
constexpr std::size_t character_count(std::string_view text) noexcept
{
    std::size_t count = 0;
    for (; !text.empty(); ++count)
        text.remove_prefix(first_character(text).size);
    return count;
}

/// What a character counts as a decimal digit of any script; nothing if it is none. Superscripts, fractions
/// and numerals that are not written by place are none.
constexpr std::optional<unsigned> decimal_digit(std::uint32_t code_point) noexcept
{
    // An index, since an array's iterator need not be a pointer.
    const auto above = static_cast<std::size_t>(
        std::upper_bound(detail::zeros.begin(), detail::zeros.end(), code_point) - detail::zeros.begin());
    if (above == 0 || code_point - detail::zeros[above - 1] > 9)
        return std::nullopt;
    return code_point - detail::zeros[above - 1];
}

/// Whether Python's int() trims the character off a number: white space, but not the separators U+001C to
/// U+001F.
/// source: Python 3.11, int(); Unicode 14, PropList.txt, "White_Space"
constexpr bool is_number_space(std::uint32_t code_point) noexcept
{
    if (code_point >= 0x2000 && code_point <= 0x200A)
        return true;
    switch (code_point) {
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case ' ':
    case 0x0085:
    case 0x00A0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return true;
    default:
        return false;
    }
}

} // namespace STET_NAMESPACE::detail

#endif
