// SPDX-License-Identifier: MIT
// Texts that say a size, their numbers as Python's float() reads them.
#ifndef STET_SHARDS_IMPL_SIZE_TEXT_HPP
#define STET_SHARDS_IMPL_SIZE_TEXT_HPP

#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/json_number.hpp"
#include "../../vocabulary/impl/python_text.hpp"
#include "../../vocabulary/impl/utf8.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// What Python's str.strip() takes off.
constexpr bool is_text_space(std::uint32_t code_point) noexcept
{
    return is_number_space(code_point) || (code_point >= 0x1C && code_point <= 0x1F);
}

/// A text without the spaces around it.
constexpr std::string_view trimmed(std::string_view text, bool (*is_space)(std::uint32_t)) noexcept
{
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        const decoded_character next = first_character(text.substr(at));
        const bool              counts = !is_space(next.code_point);
        begin = counts && at < begin ? at : begin;
        at += next.size;
        end = counts ? at : end;
    }
    return end == 0 ? std::string_view() : text.substr(begin, end - begin);
}

/// A number's characters as float() sees them: digits of any script as ASCII, underscores between digits gone. Nothing
/// for what it refuses on the way.
inline std::optional<std::string> plain_number(std::string_view text)
{
    std::string plain;
    char        before = 0;
    while (!text.empty()) {
        const decoded_character next = first_character(text);
        text.remove_prefix(next.size);
        const auto digit = decimal_digit(next.code_point);
        if (!digit && next.code_point >= 0x80)
            return std::nullopt;
        const char c = digit ? static_cast<char>('0' + *digit) : static_cast<char>(next.code_point);
        const auto is_digit = [](char one) { return one >= '0' && one <= '9'; };
        if ((c == '_' && !is_digit(before)) || (before == '_' && !is_digit(c)))
            return std::nullopt;
        if (c != '_')
            plain += c;
        before = c;
    }
    return before == '_' ? std::nullopt : std::optional(std::move(plain));
}

/// Whether a text is a number as float() takes it, without sign: `1`, `1.`, `.5`, `1e-3`.
constexpr bool is_float(std::string_view text) noexcept
{
    std::size_t at = 0;
    const auto  digits = [&] {
        const std::size_t begin = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            ++at;
        return at - begin;
    };
    std::size_t count = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        count += digits();
    }
    if (count == 0)
        return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            ++at;
        if (digits() == 0)
            return false;
    }
    return at == text.size();
}

constexpr bool is_word(std::string_view text, std::string_view lower) noexcept
{
    if (text.size() != lower.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (lower_ascii(text[i]) != lower[i])
            return false;
    }
    return true;
}

/// What a text is as a number.
struct float_text {
    enum class kind : std::uint8_t { no_number, finite, infinite, not_a_number };

    kind   is = kind::no_number;
    bool   is_negative = false;
    double magnitude = 0; ///< of a finite one
};

/// source: CPython 3.11, Objects/floatobject.c, PyFloat_FromString
inline float_text read_float(std::string_view text)
{
    const auto number = plain_number(trimmed(text, is_number_space));
    if (!number)
        return {};
    std::string_view plain = *number;
    const bool       is_negative = plain.starts_with('-');
    if (is_negative || plain.starts_with('+'))
        plain.remove_prefix(1);
    using kind = float_text::kind;
    if (is_word(plain, "inf") || is_word(plain, "infinity"))
        return {.is = kind::infinite, .is_negative = is_negative};
    if (is_word(plain, "nan"))
        return {.is = kind::not_a_number, .is_negative = is_negative};
    if (!is_float(plain))
        return {};
    const double value = nearest_double(plain);
    const bool   is_finite = std::bit_cast<std::uint64_t>(value) != infinity_bits;
    return {.is = is_finite ? kind::finite : kind::infinite, .is_negative = is_negative, .magnitude = value};
}

/// The factor of a unit, or 0.
constexpr double factor_of(std::string_view unit) noexcept
{
    constexpr std::array<std::string_view, 4> units{"kb", "mb", "gb", "tb"};
    double                                    factor = 1;
    for (const std::string_view known : units) {
        factor *= 1000;
        if (is_word(unit, known))
            return factor;
    }
    return 0;
}

/// value: finite, not negative
inline std::int64_t truncated(double value, bool is_negative) noexcept
{
    constexpr double beyond = 9223372036854775808.0;
    if (value >= beyond)
        return is_negative ? INT64_MIN : INT64_MAX;
    const auto whole = static_cast<std::int64_t>(value);
    return is_negative ? -whole : whole;
}

} // namespace STET_NAMESPACE::detail

#endif
