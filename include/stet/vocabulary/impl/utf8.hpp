// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_UTF8_HPP
#define STET_VOCABULARY_IMPL_UTF8_HPP

#include "../config.hpp"

#include <cstddef>
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
