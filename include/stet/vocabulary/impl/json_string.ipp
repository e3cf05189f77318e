// SPDX-License-Identifier: MIT
#include "json_string.hpp"
#include "utf8.hpp"
#include "words.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE std::size_t plain_run(std::string_view text) noexcept
{
    std::size_t length = 0;
    while (text.size() - length >= 8) {
        if (!all_plain(load_word(text.data() + length)))
            return length;
        length += 8;
    }
    if (length == 0 || length == text.size())
        return length;
    // The last eight once more, in part: one look instead of up to seven.
    return all_plain(load_word(text.data() + text.size() - 8)) ? text.size() : length;
}

STET_INLINE std::size_t printable_run(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = 0x8080808080808080U;
    std::size_t             length = 0;
    while (text.size() - length >= 8) {
        const std::uint64_t word = load_word(text.data() + length);
        const std::uint64_t deletes = word ^ (ones * 0x7F);
        if (!all_plain(word) || (((deletes - ones) & ~deletes) & tops) != 0)
            break;
        length += 8;
    }
    while (length < text.size()) {
        const auto c = static_cast<unsigned char>(text[length]);
        if (c >= 0x7F || json_width[c] != 1)
            break;
        ++length;
    }
    return length;
}

STET_INLINE json_string_facts inspect_json_string(std::string_view text) noexcept
{
    std::size_t   i = detail::plain_run(text);
    std::uint64_t size = i;
    while (i < text.size()) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            size += detail::json_width[c];
            ++i;
            continue;
        }
        const std::size_t length = detail::multibyte_length(text.substr(i));
        if (length == 0)
            return {.well_formed = false, .escaped_size = 0};
        size += length;
        i += length;
    }
    return {.well_formed = true, .escaped_size = size};
}

} // namespace STET_NAMESPACE::detail
