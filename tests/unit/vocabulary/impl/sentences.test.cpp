// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/sentences.hpp>

#include <cstddef>
#include <string_view>

using stet::errc;
using stet::error;
using stet::detail::sentence_of;
using stet::detail::sentences;

static_assert([] {
    for (const auto& one : sentences) {
        // Words to choose from stand behind a number, in brackets that end.
        const std::string_view text = one.text;
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '%' &&
                (at + 1 == text.size() || std::string_view("sthj12eaoc").find(text[at + 1]) == text.npos))
                return false;
            if (text[at] == '[' && (at < 2 || text[at - 2] != '%' || text.find('|', at) > text.find(']', at)))
                return false;
        }
    }
    return true;
}());
static_assert(sentence_of(error{.code = errc::disk_full, .expected = 1}) !=
              sentence_of(error{.code = errc::disk_full}));
static_assert(sentence_of(error{.code = errc::out_of_memory, .os_code = 12, .expected = 1}) !=
              sentence_of(error{.code = errc::out_of_memory, .expected = 1}));
