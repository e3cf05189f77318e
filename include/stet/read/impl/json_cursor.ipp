// SPDX-License-Identifier: MIT
#include "json_cursor.hpp"
#include "text_scan.hpp"

#include <array>

namespace STET_NAMESPACE::detail {

STET_INLINE bool json_cursor::string(json_string_piece& found) noexcept
{
    if (!take('"'))
        return fail("a name or text in quotes is missing");
    const std::size_t begin = at_;
    found.has_escapes = false;
    for (;;) {
        at_ = end_of_plain(text_, at_);
        if (at_end())
            return fail({});
        if (text_[at_] == '"')
            break;
        if (text_[at_] != '\\')
            return fail("a control character in quotes is not escaped");
        found.has_escapes = true;
        if (!escape())
            return false;
    }
    found.written = text_.substr(begin, at_ - begin);
    ++at_;
    return true;
}

STET_INLINE bool json_cursor::number(json_number_piece& found) noexcept
{
    found = {};
    std::size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) {
        const auto digit = static_cast<std::uint64_t>(text_[end] - '0');
        if (end - at_ >= 19 && found.value > (UINT64_MAX - digit) / 10)
            break;
        found.value = found.value * 10 + digit;
        ++end;
    }
    const char after = end < text_.size() ? text_[end] : '\0';
    const bool is_plain = end != at_ && !is_digit(after) && after != '.' && after != 'e' && after != 'E';
    if (is_plain && (text_[at_] != '0' || end - at_ == 1)) {
        at_ = end;
        found.is_natural = true;
        return true;
    }
    json_real_reader real(text_, at_);
    const bool       fits = real.read();
    at_ = real.at();
    return fits || fail(real.is_out_of_range() ? "a number beyond what 64-bit floating point holds"
                                               : "a value is missing or malformed");
}

STET_INLINE bool json_cursor::skip_value(std::size_t open) noexcept
{
    std::array<bool, deepest_json> is_object{};
    std::size_t                    depth = 0;
    for (;;) {
        skip_space();
        const char first = peek();
        if (first == '{' || first == '[') {
            if (open + depth >= deepest_json)
                return fail("more than 127 arrays and objects lie inside each other");
            ++at_;
            is_object[depth++] = first == '{';
            if (!take_next(first == '{' ? '}' : ']')) {
                if (first == '{' && !key())
                    return false;
                continue;
            }
            --depth;
        } else if (!scalar(first)) {
            return false;
        }
        for (;;) {
            if (depth == 0)
                return true;
            if (take_next(',')) {
                if (is_object[depth - 1] && !key())
                    return false;
                break;
            }
            if (!take(is_object[depth - 1] ? '}' : ']'))
                return fail("a comma or a closing bracket is missing");
            --depth;
        }
    }
}

STET_INLINE bool json_cursor::key(json_string_piece& found) noexcept
{
    skip_space();
    if (!string(found))
        return false;
    return take_next(':') || fail("a colon is missing");
}

STET_INLINE bool json_cursor::key() noexcept
{
    json_string_piece ignored;
    return key(ignored);
}

STET_INLINE bool json_cursor::scalar(char first) noexcept
{
    if (first == '"') {
        json_string_piece ignored;
        return string(ignored);
    }
    if (take_word("null") || take_word("true") || take_word("false"))
        return true;
    json_number_piece ignored;
    return number(ignored);
}

} // namespace STET_NAMESPACE::detail
