// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_IMPL_PYTHON_INT_HPP
#define STET_COMFYUI_IMPL_PYTHON_INT_HPP

#include "python_text.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A whole number of any size and sign. Up to 15 digits, at least, need no memory of their own.
class python_int {
public:
    python_int() = default; ///< 0

    /// What Python's int() makes of a text without '_': decimal digits of any script, a sign '+' or '-'
    /// before them, white space around; nothing for any other text.
    /// source: Python 3.11; from 3.10.7 on it refuses more than 4,300 digits
    static std::optional<python_int> parse(std::string_view text)
    {
        constexpr std::size_t most_digits = 4300;
        const auto            take_spaces = [&text] {
            while (!text.empty() && is_number_space(first_character(text).code_point))
                text.remove_prefix(first_character(text).size);
        };
        take_spaces();
        python_int parsed;
        const bool negative = text.starts_with('-');
        if (negative || text.starts_with('+'))
            text.remove_prefix(1);
        std::size_t count = 0;
        for (; !text.empty(); ++count) {
            const auto next = first_character(text);
            const auto digit = decimal_digit(next.code_point);
            if (!digit)
                break;
            parsed.append(*digit);
            text.remove_prefix(next.size);
        }
        take_spaces();
        if (count == 0 || count > most_digits || !text.empty())
            return std::nullopt;
        parsed.negative_ = negative && parsed.digits_ != "0";
        return parsed;
    }

    /// The number plus one.
    python_int successor() const
    {
        python_int next = *this;
        // Away from zero the digits grow by one, towards it they shrink by one.
        const char  turning = negative_ ? '0' : '9';
        const char  turned = negative_ ? '9' : '0';
        std::size_t at = next.digits_.size();
        while (at > 0 && next.digits_[at - 1] == turning)
            next.digits_[--at] = turned;
        if (at == 0)
            next.digits_.insert(next.digits_.begin(), '1');
        else
            next.digits_[at - 1] = static_cast<char>(next.digits_[at - 1] + (negative_ ? -1 : 1));
        if (next.digits_.size() > 1 && next.digits_[0] == '0')
            next.digits_.erase(0, 1);
        next.negative_ = negative_ && next.digits_ != "0";
        return next;
    }

    /// "-12"
    std::string text() const { return padded(0); }

    /// With zeros before its digits up to a width that the sign is part of: "-0012", as `{:05}` gives.
    std::string padded(std::size_t width) const
    {
        std::string       text(negative_ ? "-" : "");
        const std::size_t size = text.size() + digits_.size();
        text.append(size < width ? width - size : 0, '0');
        text += digits_;
        return text;
    }

    /// The number, unless 64 bits with sign cannot hold it.
    std::optional<std::int64_t> value() const noexcept
    {
        std::uint64_t       magnitude = 0;
        const std::uint64_t largest = (std::uint64_t{1} << 63U) - (negative_ ? 0 : 1);
        for (const char c : digits_) {
            const auto digit = static_cast<std::uint64_t>(c - '0');
            if (magnitude > (largest - digit) / 10)
                return std::nullopt;
            magnitude = magnitude * 10 + digit;
        }
        return static_cast<std::int64_t>(negative_ ? 0 - magnitude : magnitude);
    }

    friend bool operator==(const python_int&, const python_int&) = default;

    friend std::strong_ordering operator<=>(const python_int& a, const python_int& b) noexcept
    {
        if (a.negative_ != b.negative_)
            return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
        return a.negative_ ? by_digits(b, a) : by_digits(a, b);
    }

private:
    static std::strong_ordering by_digits(const python_int& a, const python_int& b) noexcept
    {
        const auto by_size = a.digits_.size() <=> b.digits_.size();
        return std::is_neq(by_size) ? by_size : a.digits_ <=> b.digits_;
    }

    void append(unsigned digit)
    {
        if (digits_ == "0")
            digits_.clear();
        digits_ += static_cast<char>('0' + digit);
    }

    bool        negative_ = false; // never of zero
    std::string digits_ = "0";     // none before the first that counts
};

} // namespace STET_NAMESPACE::detail

#endif
