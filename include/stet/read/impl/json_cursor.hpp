// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_JSON_CURSOR_HPP
#define STET_READ_IMPL_JSON_CURSOR_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "json_real.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What lies between two quotes, as written.
struct json_string_piece {
    std::string_view written{};
    bool             has_escapes = false;
};

/// A number: its value if it is an integer from 0 to 2^64-1 written without a sign, a fraction or an exponent.
struct json_number_piece {
    std::uint64_t value = 0;
    bool          is_natural = false;
};

/// How many arrays and objects may lie inside each other.
/// source: serde_json 1.0, Deserializer, whose limit of 128 is one it never reaches
inline constexpr std::size_t deepest_json = 127;

/// Walks through a JSON text that is known to be UTF-8, token by token, taking exactly what the reference's parser
/// takes.
/// A function that returns false has met what is no JSON: reason() says what, at() where.
/// source: serde_json 1.0, de.rs and read.rs
class json_cursor {
public:
    constexpr explicit json_cursor(std::string_view text) noexcept : text_(text) {}

    constexpr std::size_t at() const noexcept { return at_; }
    constexpr bool        at_end() const noexcept { return at_ == text_.size(); }
    /// What is wrong at at(); a sentence without a full stop.
    constexpr std::string_view reason() const noexcept { return reason_; }
    constexpr void             go_to(std::size_t offset) noexcept { at_ = offset; }

    /// The next character; NUL, which no token starts with, at the end.
    constexpr char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    constexpr void skip_space() noexcept
    {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
    }

    constexpr bool take(char expected) noexcept
    {
        if (peek() != expected)
            return false;
        ++at_;
        return true;
    }

    /// The same, after space.
    constexpr bool take_next(char expected) noexcept
    {
        if (take(expected))
            return true;
        skip_space();
        return take(expected);
    }

    constexpr bool take_word(std::string_view expected) noexcept
    {
        if (!text_.substr(at_).starts_with(expected))
            return false;
        at_ += expected.size();
        return true;
    }

    constexpr bool fail(std::string_view reason) noexcept
    {
        reason_ = at_end() ? std::string_view("it ends in the middle") : reason;
        return false;
    }

    bool string(json_string_piece& found) noexcept;

    bool number(json_number_piece& found) noexcept;

    /// Any value. open: arrays and objects around it
    bool skip_value(std::size_t open) noexcept;

    /// A member's name and the colon after it.
    bool key(json_string_piece& found) noexcept;

private:
    static constexpr bool is_space(char c) noexcept
    {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }
    static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    bool key() noexcept;

    bool scalar(char first) noexcept;

    /// At a backslash.
    constexpr bool escape() noexcept
    {
        ++at_;
        switch (peek()) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't':
            ++at_;
            return true;
        case 'u':
            break;
        default:
            return fail("an escape that JSON does not know");
        }
        const unsigned first = four_digits();
        if (first > 0xFFFF)
            return fail("an escape without four hexadecimal digits");
        if (first < 0xD800 || first > 0xDFFF)
            return true;
        if (first > 0xDBFF || !take('\\') || peek() != 'u')
            return fail("half of a surrogate pair");
        const unsigned second = four_digits();
        if (second < 0xDC00 || second > 0xDFFF)
            return fail("half of a surrogate pair");
        return true;
    }

    /// At the `u`. A value above 0xFFFF where the digits are missing.
    constexpr unsigned four_digits() noexcept
    {
        ++at_;
        unsigned value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = peek();
            const bool is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (!is_digit(c) && !is_letter)
                return 0x10000;
            const unsigned code = static_cast<unsigned char>(c);
            value = value * 16 + (is_letter ? (code | 0x20U) - 'a' + 10 : code - '0');
        }
        return value;
    }

    std::string_view text_;
    std::size_t      at_ = 0;
    std::string_view reason_{};
};

constexpr unsigned hexadecimal_value(std::string_view four) noexcept
{
    unsigned value = 0;
    for (const char c : four) {
        const unsigned code = static_cast<unsigned char>(c);
        value = value * 16 + (c <= '9' ? code - '0' : (code | 0x20U) - 'a' + 10);
    }
    return value;
}

/// Writes what a string stands for to memory of at least the size it has as written. written: from json_cursor::string
/// returns: bytes written
constexpr std::size_t unescape(std::string_view written, char* to) noexcept
{
    std::size_t size = 0;
    for (std::size_t i = 0; i < written.size();) {
        if (written[i] != '\\') {
            to[size++] = written[i++];
            continue;
        }
        const char kind = written[i + 1];
        i += 2;
        switch (kind) {
        case 'b':
            to[size++] = '\b';
            break;
        case 'f':
            to[size++] = '\f';
            break;
        case 'n':
            to[size++] = '\n';
            break;
        case 'r':
            to[size++] = '\r';
            break;
        case 't':
            to[size++] = '\t';
            break;
        case 'u': {
            unsigned character = detail::hexadecimal_value(written.substr(i, 4));
            i += 4;
            if (character >= 0xD800 && character <= 0xDBFF) {
                const unsigned low = detail::hexadecimal_value(written.substr(i + 2, 4));
                character = 0x10000U + ((character - 0xD800U) << 10U) + (low - 0xDC00U);
                i += 6;
            }
            size += detail::encode_character(character, to + size);
            break;
        }
        default:
            to[size++] = kind;
            break;
        }
    }
    return size;
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "json_cursor.ipp"
#endif

#endif
