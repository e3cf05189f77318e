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

} // namespace STET_NAMESPACE::detail
