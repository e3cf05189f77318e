// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_UTF8_HPP
#define STET_VOCABULARY_IMPL_UTF8_HPP

#include "../config.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Length of the well-formed sequence that starts `text`, or 0. `text` is not empty and starts at 0x80 or above.
/// source: Unicode 15, table 3-7; no overlong forms, no surrogates, nothing above U+10FFFF
constexpr std::size_t multibyte_length(std::string_view text) noexcept
{
    const auto     at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto     continues = [&](std::size_t i) { return i < text.size() && (at(i) & 0xC0U) == 0x80U; };
    const unsigned lead = at(0);
    if (lead >= 0xC2 && lead <= 0xDF)
        return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!continues(1) || !continues(2))
            return 0;
        const bool overlong = lead == 0xE0 && at(1) < 0xA0;
        const bool surrogate = lead == 0xED && at(1) > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!continues(1) || !continues(2) || !continues(3))
            return 0;
        const bool overlong = lead == 0xF0 && at(1) < 0x90;
        const bool too_large = lead == 0xF4 && at(1) > 0x8F;
        return overlong || too_large ? 0 : 4;
    }
    return 0;
}

/// A character and how many bytes it takes.
struct decoded_character {
    std::uint32_t code_point;
    std::size_t   size;
};

/// The character that starts `text`, which is not empty; of size 0 where the text is not well-formed there.
constexpr decoded_character decode_character(std::string_view text) noexcept
{
    const auto at = [text](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    if (at(0) < 0x80)
        return {.code_point = at(0), .size = 1};
    const std::size_t size = detail::multibyte_length(text);
    std::uint32_t     code_point = at(0) & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i)
        code_point = code_point << 6U | (at(i) & 0x3FU);
    return {.code_point = code_point, .size = size};
}

/// Writes a character of any plane in UTF-8; `to` holds four bytes. returns: how many it takes
constexpr std::size_t encode_character(std::uint32_t code_point, char* to) noexcept
{
    const auto lead = [&](std::uint32_t marks, unsigned shift) {
        to[0] = static_cast<char>(static_cast<unsigned char>(marks | code_point >> shift));
    };
    const auto tail = [&](std::size_t i, unsigned shift) {
        to[i] = static_cast<char>(static_cast<unsigned char>(0x80U | (code_point >> shift & 0x3FU)));
    };
    if (code_point < 0x80) {
        lead(0, 0);
        return 1;
    }
    if (code_point < 0x800) {
        lead(0xC0, 6);
        tail(1, 0);
        return 2;
    }
    if (code_point < 0x10000) {
        lead(0xE0, 12);
        tail(1, 6);
        tail(2, 0);
        return 3;
    }
    lead(0xF0, 18);
    tail(1, 12);
    tail(2, 6);
    tail(3, 0);
    return 4;
}

/// The character that starts `units`, UTF-16 with one unit to a wchar_t on every system. `units` is not empty.
/// size: in units; half of a surrogate pair without the other is a character of its own
constexpr decoded_character decode_utf16(std::wstring_view units) noexcept
{
    const auto at = [units](std::size_t i) { return static_cast<std::uint32_t>(units[i]) & 0xFFFFU; };
    const std::uint32_t next = units.size() > 1 ? at(1) : 0;
    if (at(0) >= 0xD800 && at(0) <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF)
        return {.code_point = 0x10000 + ((at(0) - 0xD800) << 10U) + (next - 0xDC00), .size = 2};
    return {.code_point = at(0), .size = 1};
}

constexpr bool is_surrogate(std::uint32_t code_point) noexcept
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

/// Whether the text is well-formed UTF-8, as strictly as the format's reference reads it.
constexpr bool is_utf8(std::string_view text) noexcept
{
    std::size_t i = 0;
    while (i < text.size()) {
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = detail::multibyte_length(text.substr(i));
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

/// Offset at or after `from` where a character starts, so that cutting there leaves well-formed text well-formed.
constexpr std::size_t next_character(std::string_view text, std::size_t from) noexcept
{
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U)
        ++from;
    return from < text.size() ? from : text.size();
}

} // namespace STET_NAMESPACE::detail

#endif
