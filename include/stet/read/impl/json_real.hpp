// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_JSON_REAL_HPP
#define STET_READ_IMPL_JSON_REAL_HPP

#include "../../vocabulary/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Walks over a number of a JSON text and tells whether the reference's parser takes it: one that no 64-bit floating
/// point number comes near is refused even where nobody reads it. Computes as that parser does, step by step.
/// source: serde_json 1.0, de.rs, parse_integer to f64_from_parts, without the feature float_roundtrip
class json_real_reader {
public:
    constexpr json_real_reader(std::string_view text, std::size_t at) noexcept : text_(text), at_(at) {}

    /// Past the number, or where it goes wrong.
    constexpr std::size_t at() const noexcept { return at_; }
    constexpr bool        is_out_of_range() const noexcept { return is_out_of_range_; }

    constexpr bool read() noexcept
    {
        take('-');
        if (!is_digit(peek()))
            return false;
        if (peek() == '0') {
            ++at_;
            if (is_digit(peek()))
                return false;
        } else {
            // Digits beyond what 64 bits hold only move the point.
            while (is_digit(peek()) && add_digit())
                ++at_;
            for (; is_digit(peek()); ++at_)
                ++exponent_;
        }
        if (peek() != '.')
            return peek() == 'e' || peek() == 'E' ? exponent_part() : fits();
        ++at_;
        if (!is_digit(peek()))
            return false;
        for (; is_digit(peek()) && add_digit(); ++at_)
            --exponent_;
        while (is_digit(peek()))
            ++at_;
        return peek() == 'e' || peek() == 'E' ? exponent_part() : fits();
    }

private:
    static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    constexpr char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    constexpr bool take(char expected) noexcept
    {
        if (peek() != expected)
            return false;
        ++at_;
        return true;
    }

    /// False when the digit does not fit any more.
    constexpr bool add_digit() noexcept
    {
        const auto digit = static_cast<std::uint64_t>(peek() - '0');
        if (significand_ > (UINT64_MAX - digit) / 10)
            return false;
        significand_ = significand_ * 10 + digit;
        return true;
    }

    constexpr bool exponent_part() noexcept
    {
        constexpr std::int64_t most = INT32_MAX;
        ++at_;
        const bool is_negative = peek() == '-';
        if (is_negative || peek() == '+')
            ++at_;
        if (!is_digit(peek()))
            return false;
        std::int64_t written = 0;
        for (; is_digit(peek()); ++at_) {
            if (written <= most)
                written = written * 10 + (peek() - '0');
        }
        if (written > most) {
            is_out_of_range_ = significand_ != 0 && !is_negative;
            return !is_out_of_range_;
        }
        exponent_ = is_negative ? exponent_ - written : exponent_ + written;
        return fits();
    }

    /// Whether the significand times ten to the exponent is finite.
    constexpr bool fits() noexcept
    {
        if (significand_ == 0 || exponent_ <= 0)
            return true;
        if (exponent_ <= 308) {
            constexpr std::uint64_t infinity = 0x7FF0000000000000U;
            // Looked at as bits, so that -ffast-math cannot reason it away.
            const double product = static_cast<double>(significand_) * power_of_ten(exponent_);
            is_out_of_range_ = std::bit_cast<std::uint64_t>(product) == infinity;
        } else {
            is_out_of_range_ = true;
        }
        return !is_out_of_range_;
    }

    /// The double nearest to that power; only the ones above 10^288 matter, below them nothing overflows.
    static constexpr double power_of_ten(std::int64_t exponent) noexcept
    {
        constexpr double powers[] = {1e289, 1e290, 1e291, 1e292, 1e293, 1e294, 1e295, 1e296, 1e297, 1e298,
                                     1e299, 1e300, 1e301, 1e302, 1e303, 1e304, 1e305, 1e306, 1e307, 1e308};
        return exponent < 289 ? 1.0 : powers[exponent - 289];
    }

    std::string_view text_;
    std::size_t      at_;
    std::uint64_t    significand_ = 0;
    std::int64_t     exponent_ = 0;
    bool             is_out_of_range_ = false;
};

} // namespace STET_NAMESPACE::detail

#endif
