// SPDX-License-Identifier: MIT
// A small, strict JSON reader for test data.
#ifndef STET_TESTS_SUPPORT_JSON_HPP
#define STET_TESTS_SUPPORT_JSON_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace support {

struct json_member;

/// One JSON value; an object keeps the order of its members. Asked for what it is not, it gives nothing.
/// The accessors are not inlined: g++ would follow their null results into code that has excluded them.
class json_value {
public:
    using array = std::vector<json_value>;
    using object = std::vector<json_member>;

    json_value() = default;
    template <class Content>
    explicit json_value(std::in_place_t, Content&& content) : content_(std::forward<Content>(content))
    {
    }

    bool is_null() const noexcept { return std::holds_alternative<std::monostate>(content_); }

    std::optional<bool> boolean() const noexcept { return as<bool>(); }

    /// A number without sign, fraction and exponent, exact up to 2^64 - 1.
    [[gnu::noinline]] std::optional<std::uint64_t> integer() const noexcept { return as<std::uint64_t>(); }

    /// A number without fraction and exponent, exact from -2^63 to 2^63 - 1.
    std::optional<std::int64_t> signed_integer() const noexcept
    {
        const std::uint64_t* const positive = std::get_if<std::uint64_t>(&content_);
        if (positive != nullptr && *positive <= INT64_MAX)
            return static_cast<std::int64_t>(*positive);
        return as<std::int64_t>();
    }

    /// Any number.
    std::optional<double> number() const noexcept
    {
        if (const auto positive = as<std::uint64_t>())
            return static_cast<double>(*positive);
        if (const auto negative = as<std::int64_t>())
            return static_cast<double>(*negative);
        return as<double>();
    }

    /// In UTF-8; null when it is no string.
    [[gnu::noinline]] const std::string* string() const noexcept
    {
        return std::get_if<std::string>(&content_);
    }

    /// Null when it is no array.
    [[gnu::noinline]] const array* elements() const noexcept { return std::get_if<array>(&content_); }

    /// Null when it is no object.
    [[gnu::noinline]] const object* members() const noexcept { return std::get_if<object>(&content_); }

    /// Null when it is no object or has no such member.
    inline const json_value* find(std::string_view key) const noexcept;

    /// The member, or a null value where there is none: for chains of look-ups.
    inline const json_value& at(std::string_view key) const noexcept;

    /// The string, empty when it is none.
    std::string_view text() const noexcept
    {
        const std::string* const found = string();
        return found == nullptr ? std::string_view() : std::string_view(*found);
    }

    /// The elements, none when it is no array.
    inline std::span<const json_value> items() const noexcept;

private:
    template <class Type>
    [[gnu::noinline]] std::optional<Type> as() const noexcept
    {
        const Type* const found = std::get_if<Type>(&content_);
        return found == nullptr ? std::optional<Type>() : std::optional<Type>(*found);
    }

    // The signed alternative holds negative integers only.
    std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string, array, object>
        content_;
};

struct json_member {
    std::string key;
    json_value  value;
};

inline const json_value* json_value::find(std::string_view key) const noexcept
{
    if (const object* const all = members()) {
        for (const json_member& one : *all) {
            if (one.key == key)
                return &one.value;
        }
    }
    return nullptr;
}

inline const json_value& json_value::at(std::string_view key) const noexcept
{
    static const json_value* const none = new json_value(); // never destroyed, so that no order matters
    const json_value* const        found = find(key);
    return found == nullptr ? *none : *found;
}

inline std::span<const json_value> json_value::items() const noexcept
{
    const array* const found = elements();
    return found == nullptr ? std::span<const json_value>() : std::span<const json_value>(*found);
}

namespace json_detail {

class parser {
public:
    explicit parser(std::string_view text) noexcept : text_(text) {}

    std::optional<json_value> document()
    {
        std::optional<json_value> value = any(0);
        skip_space();
        return at_ == text_.size() ? std::move(value) : std::nullopt;
    }

private:
    static constexpr int most_levels = 500;

    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    template <class Content>
    static std::optional<json_value> made(Content&& content)
    {
        return std::optional<json_value>(std::in_place, std::in_place, std::forward<Content>(content));
    }

    /// The next character; NUL, which is no JSON, at the end.
    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(std::string_view expected) noexcept
    {
        if (!text_.substr(at_).starts_with(expected))
            return false;
        at_ += expected.size();
        return true;
    }

    void skip_space() noexcept
    {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')
            ++at_;
    }

    std::optional<json_value> any(int level)
    {
        skip_space();
        if (level == most_levels)
            return std::nullopt;
        switch (peek()) {
        case '{':
            return object(level);
        case '[':
            return array(level);
        case '"':
            if (auto text = string())
                return made(*std::move(text));
            return std::nullopt;
        case 't':
            return take("true") ? made(true) : std::nullopt;
        case 'f':
            return take("false") ? made(false) : std::nullopt;
        case 'n':
            return take("null") ? std::optional<json_value>(std::in_place) : std::nullopt;
        default:
            return number();
        }
    }

    std::optional<json_value> object(int level)
    {
        json_value::object members;
        static_cast<void>(take("{"));
        skip_space();
        if (take("}"))
            return made(std::move(members));
        do {
            skip_space();
            std::optional<std::string> key = string();
            skip_space();
            if (!key || !take(":"))
                return std::nullopt;
            for (const json_member& earlier : members) {
                if (earlier.key == *key)
                    return std::nullopt;
            }
            std::optional<json_value> value = any(level + 1);
            if (!value)
                return std::nullopt;
            members.push_back({*std::move(key), *std::move(value)});
            skip_space();
        } while (take(","));
        return take("}") ? made(std::move(members)) : std::nullopt;
    }

    std::optional<json_value> array(int level)
    {
        json_value::array elements;
        static_cast<void>(take("["));
        skip_space();
        if (take("]"))
            return made(std::move(elements));
        do {
            std::optional<json_value> value = any(level + 1);
            if (!value)
                return std::nullopt;
            elements.push_back(*std::move(value));
            skip_space();
        } while (take(","));
        return take("]") ? made(std::move(elements)) : std::nullopt;
    }

    std::optional<json_value> number()
    {
        const std::size_t begin = at_;
        const bool        negative = take("-");
        const std::size_t first_digit = at_;
        while (is_digit(peek()))
            ++at_;
        const std::string_view digits = text_.substr(first_digit, at_ - first_digit);
        if (digits.empty() || (digits.size() > 1 && digits[0] == '0'))
            return std::nullopt;
        bool whole = true;
        if (take(".")) {
            whole = false;
            if (!some_digits())
                return std::nullopt;
        }
        if (take("e") || take("E")) {
            whole = false;
            static_cast<void>(take("+") || take("-"));
            if (!some_digits())
                return std::nullopt;
        }
        if (whole) {
            if (auto exact = integer(digits, negative))
                return exact;
        }
        const std::string copy(text_.substr(begin, at_ - begin));
        return made(std::strtod(copy.c_str(), nullptr));
    }

    bool some_digits() noexcept
    {
        const std::size_t begin = at_;
        while (is_digit(peek()))
            ++at_;
        return at_ != begin;
    }

    /// Nothing when it needs more than 64 bits, or a minus before a zero.
    static std::optional<json_value> integer(std::string_view digits, bool negative)
    {
        std::uint64_t value = 0;
        for (const char c : digits) {
            const auto digit = static_cast<std::uint64_t>(c - '0');
            if (value > (UINT64_MAX - digit) / 10)
                return std::nullopt;
            value = value * 10 + digit;
        }
        if (!negative)
            return made(value);
        if (value == 0 || value > std::uint64_t{1} << 63U)
            return std::nullopt;
        return made(static_cast<std::int64_t>(0 - value));
    }

    std::optional<std::string> string()
    {
        if (!take("\""))
            return std::nullopt;
        std::string decoded;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"')
                return decoded;
            if (static_cast<unsigned char>(c) < 0x20)
                return std::nullopt;
            if (c != '\\')
                decoded += c;
            else if (!escape(decoded))
                return std::nullopt;
        }
        return std::nullopt;
    }

    bool escape(std::string& decoded)
    {
        constexpr std::string_view shorts = "\"\"\\\\//b\bf\fn\nr\rt\t";
        const char                 kind = peek();
        ++at_;
        if (kind == 'u')
            return escaped_character(decoded);
        for (std::size_t i = 0; i < shorts.size(); i += 2) {
            if (shorts[i] == kind) {
                decoded += shorts[i + 1];
                return true;
            }
        }
        return false;
    }

    bool escaped_character(std::string& decoded)
    {
        const auto first = four_digits();
        if (!first || (*first >= 0xDC00 && *first <= 0xDFFF))
            return false;
        if (*first < 0xD800 || *first > 0xDBFF) {
            append_utf8(*first, decoded);
            return true;
        }
        if (!take("\\u"))
            return false;
        const auto second = four_digits();
        if (!second || *second < 0xDC00 || *second > 0xDFFF)
            return false;
        append_utf8(0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00), decoded);
        return true;
    }

    std::optional<std::uint32_t> four_digits() noexcept
    {
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = peek();
            if (is_digit(c))
                value = value * 16 + static_cast<std::uint32_t>(c - '0');
            else if (c >= 'a' && c <= 'f')
                value = value * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
            else if (c >= 'A' && c <= 'F')
                value = value * 16 + static_cast<std::uint32_t>(c - 'A' + 10);
            else
                return std::nullopt;
        }
        return value;
    }

    static void append_utf8(std::uint32_t character, std::string& decoded)
    {
        const auto put = [&decoded](std::uint32_t byte) { decoded += static_cast<char>(byte); };
        const auto put_tail = [&](unsigned shift) { put(0x80U | (character >> shift & 0x3FU)); };
        if (character < 0x80) {
            put(character);
        } else if (character < 0x800) {
            put(0xC0U | character >> 6U);
            put_tail(0);
        } else if (character < 0x10000) {
            put(0xE0U | character >> 12U);
            put_tail(6);
            put_tail(0);
        } else {
            put(0xF0U | character >> 18U);
            put_tail(12);
            put_tail(6);
            put_tail(0);
        }
    }

    std::string_view text_;
    std::size_t      at_ = 0;
};

} // namespace json_detail

/// The value of a JSON text, or nothing when it is not exactly that: garbage after it, a member given twice,
/// a lone surrogate and anything else RFC 8259 does not allow. Bytes from 0x80 on are taken as they are.
inline std::optional<json_value> parse_json(std::string_view text)
{
    return json_detail::parser(text).document();
}

} // namespace support

#endif
