// SPDX-License-Identifier: MIT
// JSON text written anew as Python's json.dumps(json.loads(text)) writes it.
#ifndef STET_COMFYUI_REDUMP_HPP
#define STET_COMFYUI_REDUMP_HPP

#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "../vocabulary/impl/json_string.hpp"
#include "../vocabulary/impl/utf8.hpp"
#include "impl/json_text.hpp"
#include "impl/number.hpp"
#include "impl/unique_members.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// Lists and objects inside each other, the outermost included, that Python takes with its own recursion
/// limit.
inline constexpr std::size_t most_json_levels = 995;

/// Digits of an integer that Python takes. A number with a fraction or an exponent may have more.
inline constexpr std::size_t most_json_integer_digits = 4300;

namespace detail {

/// Length of the run at the start that an escaped ASCII string holds as it is: from space to tilde, no quote
/// and no backslash.
inline std::size_t printable_run(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = 0x8080808080808080U;
    std::size_t             length = 0;
    std::uint64_t           word = 0;
    while (text.size() - length >= sizeof word) {
        std::memcpy(&word, text.data() + length, sizeof word);
        const std::uint64_t deletes = word ^ (ones * 0x7F);
        if (!all_plain(word) || (((deletes - ones) & ~deletes) & tops) != 0)
            break;
        length += sizeof word;
    }
    while (length < text.size()) {
        const auto c = static_cast<unsigned char>(text[length]);
        if (c >= 0x7F || json_width[c] != 1)
            break;
        ++length;
    }
    return length;
}

/// The code point of a sequence that multibyte_length has measured.
constexpr std::uint32_t code_point(std::string_view sequence) noexcept
{
    const auto    lead = static_cast<unsigned char>(sequence[0]);
    std::uint32_t code = lead & (0x7FU >> sequence.size());
    for (const char c : sequence.substr(1))
        code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    return code;
}

/// One pass over a text, without recursion. Every function that reads something leaves `at_` after it and
/// returns true, or notes what is wrong and returns false.
class json_redumper {
public:
    json_redumper(std::string_view text, const allocator& memory) noexcept
        : text_(text), out_(memory), levels_(memory), members_(memory)
    {
    }

    result<json_text> run() && noexcept
    {
        if (!has_room(text_.size()) || !document())
            return failure_;
        if (!members_.any_replaced())
            return std::move(out_).finished();
        json_text_builder unique(levels_.memory());
        if (!unique.make_room(out_.size()))
            return error{.code = errc::out_of_memory, .expected = out_.size()};
        members_.put_unique(out_.view(), unique);
        return std::move(unique).finished();
    }

private:
    struct level {
        bool        is_object;
        bool        has_items;
        std::size_t first_member; ///< of the members that have not ended
    };

    // ---- lists and objects ----

    bool document() noexcept
    {
        skip_space();
        bool good = value();
        while (good && !levels_.empty()) {
            skip_space();
            good = item_or_end(levels_[levels_.size() - 1]);
        }
        skip_space();
        return good && (at_ == text_.size() || invalid());
    }

    bool value() noexcept
    {
        switch (peek()) {
        case '{':
            return open(true);
        case '[':
            return open(false);
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        case 'N':
            return word("NaN");
        case 'I':
            return word("Infinity");
        default:
            return left().starts_with("-I") ? word("-Infinity") : number();
        }
    }

    bool open(bool is_object) noexcept
    {
        if (levels_.size() == most_json_levels) {
            failure_ = {.code = errc::json_too_deep, .expected = most_json_levels, .actual = at_};
            return false;
        }
        if (!levels_.push(
                {.is_object = is_object, .has_items = false, .first_member = members_.open_count()}))
            return exhausted((levels_.size() + 1) * sizeof(level));
        if (!has_room(1))
            return false;
        out_.put(text_[at_++]);
        return true;
    }

    /// in: of the innermost list or object, changed only before a deeper one begins
    bool item_or_end(level& in) noexcept
    {
        if (in.is_object && in.has_items)
            members_.end_member(out_.view());
        if (!has_room(2))
            return false;
        if (peek() == (in.is_object ? '}' : ']'))
            return end(in);
        if (in.has_items) {
            if (peek() != ',')
                return invalid();
            ++at_;
            out_.put(", ");
            skip_space();
        }
        in.has_items = true;
        return (!in.is_object || key()) && value();
    }

    bool end(const level& in) noexcept
    {
        if (in.is_object && in.has_items && !members_.end_object(out_.view(), in.first_member))
            return exhausted(text_.size());
        out_.put(text_[at_++]);
        static_cast<void>(levels_.resize(levels_.size() - 1)); // fewer than there are
        return true;
    }

    bool key() noexcept
    {
        const std::size_t begin = out_.size();
        if (peek() != '"')
            return invalid();
        if (!string())
            return false;
        if (!members_.add(out_.view(), begin))
            return exhausted(text_.size());
        skip_space();
        if (peek() != ':')
            return invalid();
        ++at_;
        skip_space();
        if (!has_room(2))
            return false;
        out_.put(": ");
        return true;
    }

    // ---- words and numbers ----

    bool word(std::string_view expected) noexcept
    {
        if (!left().starts_with(expected))
            return invalid();
        if (!has_room(expected.size()))
            return false;
        out_.put(expected);
        at_ += expected.size();
        return true;
    }

    bool number() noexcept
    {
        const json_number found = leading_number(left());
        std::string_view  digits = text_.substr(at_, found.size);
        const bool        negative = digits.starts_with('-');
        if (negative)
            digits.remove_prefix(1);
        if (found.size == 0 || (!found.real && digits.size() > most_json_integer_digits))
            return invalid();
        constexpr std::size_t most_real = 24;
        if (!has_room(found.real ? most_real : found.size))
            return false;
        if (negative && (found.real || digits != "0"))
            out_.put('-');
        out_.put(found.real ? real_text(nearest_double(digits)).view() : digits);
        at_ += found.size;
        return true;
    }

    // ---- strings ----

    bool string() noexcept
    {
        constexpr std::size_t longest_escape = 12; // two code units
        if (!has_room(1))
            return false;
        out_.put(text_[at_++]);
        for (;;) {
            const std::size_t run = printable_run(left());
            if (!has_room(run + longest_escape))
                return false;
            out_.put(text_.substr(at_, run));
            at_ += run;
            const char c = peek();
            if (c == '"') {
                out_.put(text_[at_++]);
                return true;
            }
            if (c == 0x7F) {
                put_escaped(0x7F);
                ++at_;
            } else if (!(c == '\\' ? escape() : character())) {
                return false;
            }
        }
    }

    /// One beyond ASCII. A control character, or the end of the text, is none.
    bool character() noexcept
    {
        const std::size_t length = at_ < text_.size() ? multibyte_length(left()) : 0;
        if (length == 0)
            return invalid();
        const std::uint32_t code = code_point(text_.substr(at_, length));
        if (code >= 0x10000) {
            put_escaped(0xD800U + ((code - 0x10000U) >> 10U));
            put_escaped(0xDC00U + (code & 0x3FFU));
        } else {
            put_escaped(code);
        }
        at_ += length;
        return true;
    }

    /// From a backslash on.
    bool escape() noexcept
    {
        constexpr std::string_view kinds = "\"\\bfnrt";
        const char                 kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (kind == 'u')
            return code_unit();
        if (kind == '/')
            out_.put(kind);
        else if (kind != '\0' && kinds.find(kind) != std::string_view::npos)
            out_.put(text_.substr(at_, 2));
        else
            return invalid();
        at_ += 2;
        return true;
    }

    /// A surrogate stays as it is, with or without its other half: both are written as they can be read.
    bool code_unit() noexcept
    {
        const std::string_view digits = text_.substr(at_ + 2, 4);
        std::uint32_t          unit = 0;
        for (const char c : digits) {
            const auto lower = static_cast<unsigned char>(c | 0x20);
            if (c >= '0' && c <= '9')
                unit = unit << 4U | static_cast<std::uint32_t>(c - '0');
            else if (lower >= 'a' && lower <= 'f')
                unit = unit << 4U | (lower - std::uint32_t{'a' - 10});
            else
                return invalid();
        }
        if (digits.size() < 4)
            return invalid();
        const auto low = static_cast<char>(unit & 0x7FU);
        if (unit >= 0x7F)
            put_escaped(unit);
        else if (json_width[unit] == 1)
            out_.put(low);
        else
            out_.put(json_escape(low, escaped_));
        at_ += 6;
        return true;
    }

    void put_escaped(std::uint32_t unit) noexcept
    {
        constexpr std::string_view hex = "0123456789abcdef";
        escaped_ = {
            '\\', 'u', hex[unit >> 12U], hex[unit >> 8U & 0xFU], hex[unit >> 4U & 0xFU], hex[unit & 0xFU]};
        out_.put({escaped_.data(), escaped_.size()});
    }

    // ---- the text, and what can go wrong ----

    std::string_view left() const noexcept { return text_.substr(at_); }

    /// The next character; NUL, which no text may hold, at the end.
    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_space() noexcept
    {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')
            ++at_;
    }

    bool invalid() noexcept
    {
        failure_ = {.code = errc::invalid_json, .actual = at_};
        return false;
    }

    bool exhausted(std::size_t bytes) noexcept
    {
        failure_ = {.code = errc::out_of_memory, .expected = bytes};
        return false;
    }

    bool has_room(std::size_t count) noexcept
    {
        return out_.make_room(count) || exhausted(out_.size() + count);
    }

    std::string_view     text_;
    std::size_t          at_ = 0;
    json_text_builder    out_;
    growing_array<level> levels_; // lists and objects that have not ended
    unique_members       members_;
    std::array<char, 6>  escaped_{};
    error                failure_{};
};

} // namespace detail

/// The text as Python's `json.dumps(json.loads(text))` gives it, character by character: ASCII, `, ` and `: `
/// between what belongs together, numbers in Python's form, of a key given twice the last value in the place
/// of the first. Takes what Python takes, NaN and Infinity as well, and nothing else. The memory needed is a
/// multiple of the text's size.
/// text:   UTF-8 without a byte order mark
/// errors: invalid_json, also for integers of more than 4300 digits; json_too_deep; out_of_memory
/// source: CPython 3.11, Modules/_json.c and Lib/json
inline result<detail::json_text> redump_json(std::string_view text, const allocator& memory = heap()) noexcept
{
    return detail::json_redumper(text, memory).run();
}

} // namespace STET_NAMESPACE

#endif
