// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_READABLE_HPP
#define STET_VOCABULARY_IMPL_READABLE_HPP

#include "utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Whether a terminal obeys a character, or a line is broken or turned around by it, instead of showing it.
/// source: Unicode 15, controls (Cc), line and paragraph separators, Bidi_Control
constexpr bool is_obeyed(std::uint32_t code_point) noexcept
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x061C ||
           code_point == 0x200E || code_point == 0x200F || (code_point >= 0x2028 && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

/// Hands a text to `put` in pieces: as it is, but the bytes of what is obeyed and of what is no UTF-8 in hexadecimal.
/// put: callable with std::string_view
template <class Put>
constexpr void put_readable(std::string_view text, Put&& put)
{
    constexpr std::string_view hex = "0123456789abcdef";
    std::size_t                shown = 0; // of the text, put already
    for (std::size_t at = 0; at < text.size();) {
        const decoded_character next = detail::decode_character(text.substr(at));
        const std::size_t       size = next.size == 0 ? 1 : next.size;
        if (next.size != 0 && !detail::is_obeyed(next.code_point)) {
            at += size;
            continue;
        }
        if (at > shown)
            put(std::string_view(text.data() + shown, at - shown));
        for (const char c : std::string_view(text.data() + at, size)) {
            const auto                code = static_cast<unsigned char>(c);
            const std::array<char, 4> escape{'\\', 'x', hex[code >> 4U], hex[code & 0xFU]};
            put(std::string_view(escape.data(), escape.size()));
        }
        at += size;
        shown = at;
    }
    if (shown < text.size())
        put(std::string_view(text.data() + shown, text.size() - shown));
}

} // namespace STET_NAMESPACE::detail

#endif
