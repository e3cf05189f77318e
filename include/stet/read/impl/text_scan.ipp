// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/utf8.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "text_scan.hpp"

#include <bit>

namespace STET_NAMESPACE::detail {

STET_INLINE std::size_t end_of_plain(std::string_view text, std::size_t from) noexcept
{
    while (text.size() - from >= 8) {
        const std::uint64_t marks = detail::special_bytes(detail::load_word(text.data() + from));
        if (marks != 0)
            return from + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
        from += 8;
    }
    while (from < text.size()) {
        const auto code = static_cast<unsigned char>(text[from]);
        if (code < 0x20 || code == 0x22 || code == 0x5C)
            break;
        ++from;
    }
    return from;
}

STET_INLINE std::size_t utf8_prefix(std::string_view text) noexcept
{
    std::size_t at = 0;
    while (at < text.size()) {
        while (text.size() - at >= 32) {
            const char* const   from = text.data() + at;
            const std::uint64_t joined = detail::load_word(from) | detail::load_word(from + 8) |
                                         detail::load_word(from + 16) | detail::load_word(from + 24);
            if ((joined & detail::high_bits) != 0)
                break;
            at += 32;
        }
        // Up to the next block, or past what is not ASCII.
        const std::size_t stop = text.size() - at > 32 ? at + 32 : text.size();
        while (at < stop) {
            if (static_cast<unsigned char>(text[at]) < 0x80) {
                ++at;
                continue;
            }
            const std::size_t length = detail::multibyte_length(text.substr(at));
            if (length == 0)
                return at;
            at += length;
        }
    }
    return at;
}

STET_INLINE std::uint32_t text_hash(std::string_view text) noexcept
{
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15U;
    std::uint64_t           state = (0x243F6A8885A308D3U ^ text.size()) * factor;
    const auto              mix = [&state](std::uint64_t word) {
        state = (state ^ word) * factor;
        state ^= state >> 29U;
    };
    std::size_t at = 0;
    for (; text.size() - at >= 8; at += 8)
        mix(detail::load_word(text.data() + at));
    std::uint64_t rest = 0;
    if (text.size() >= 8 && at < text.size()) {
        // The last eight bytes once more, in part: one load instead of seven.
        rest = detail::load_word(text.data() + text.size() - 8);
    } else {
        for (; at < text.size(); ++at)
            rest = rest << 8U | static_cast<unsigned char>(text[at]);
    }
    mix(rest);
    state *= factor;
    return static_cast<std::uint32_t>(state >> 32U);
}

} // namespace STET_NAMESPACE::detail
