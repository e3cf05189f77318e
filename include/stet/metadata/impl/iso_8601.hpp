// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_IMPL_ISO_8601_HPP
#define STET_METADATA_IMPL_ISO_8601_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Takes a date apart from left to right.
class iso_8601_reader {
public:
    explicit constexpr iso_8601_reader(std::string_view text) noexcept : rest_(text) {}

    constexpr bool accepts() noexcept
    {
        if (!date())
            return false;
        return rest_.empty() || (skip('T') && time() && zone() && rest_.empty());
    }

private:
    static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    static constexpr bool is_leap(unsigned year) noexcept
    {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    static constexpr unsigned days_in_month(unsigned year, unsigned month) noexcept
    {
        constexpr std::array<unsigned, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
    }

    constexpr bool skip(char wanted) noexcept
    {
        if (!rest_.starts_with(wanted))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// A number of exactly so many digits, nothing if there is none within the bounds.
    constexpr std::optional<unsigned> number(std::size_t digits, unsigned least, unsigned most) noexcept
    {
        if (rest_.size() < digits)
            return std::nullopt;
        unsigned value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(rest_[i]))
                return std::nullopt;
            value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value >= least && value <= most ? std::optional(value) : std::nullopt;
    }

    constexpr std::size_t digits_ahead() const noexcept
    {
        std::size_t count = 0;
        while (count < rest_.size() && is_digit(rest_[count]))
            ++count;
        return count;
    }

    /// A year or a month at the end of the text only; where more follows, a day.
    constexpr bool date() noexcept
    {
        const auto year = number(4, 0, 9999);
        if (!year || rest_.empty())
            return year.has_value();
        has_separators_ = skip('-');
        if (digits_ahead() == 3)
            return number(3, 1, is_leap(*year) ? 366 : 365).has_value();
        const auto month = number(2, 1, 12);
        if (!month || (rest_.empty() && !has_separators_)) // YYYYMM would be taken for YYMMDD
            return false;
        if (rest_.empty())
            return true;
        return (!has_separators_ || skip('-')) && number(2, 1, days_in_month(*year, *month)).has_value();
    }

    /// Whether minutes or seconds follow; a time has separators exactly where its date has.
    constexpr bool part_follows() noexcept { return has_separators_ ? skip(':') : digits_ahead() != 0; }

    constexpr bool time() noexcept
    {
        const auto hour = number(2, 0, 24);
        if (!hour)
            return false;
        std::optional<unsigned> minute = 0;
        std::optional<unsigned> second = 0;
        if (part_follows()) {
            minute = number(2, 0, 59);
            if (minute && part_follows())
                second = number(2, 0, 59);
        }
        if (!minute || !second)
            return false;
        bool is_whole = true;
        if (skip('.') || skip(',')) {
            const std::string_view fraction = rest_.substr(0, digits_ahead());
            if (fraction.empty())
                return false;
            is_whole = fraction.find_first_not_of('0') == std::string_view::npos;
            rest_.remove_prefix(fraction.size());
        }
        return *hour < 24 || (*minute == 0 && *second == 0 && is_whole);
    }

    constexpr bool zone() noexcept
    {
        if (rest_.empty() || skip('Z'))
            return true;
        if (!skip('+') && !skip('-'))
            return false;
        return number(2, 0, 23).has_value() && (!part_follows() || number(2, 0, 59).has_value());
    }

    std::string_view rest_;
    bool             has_separators_ = false;
};

/// Whether the text is a date of ISO 8601 that exists: year, month, day (`2024-05-31`) or day of the year
/// (`2024-152`), with a time (`T18:13:38.5+02:00`) where a day is named; also without separators. No weeks, no leap seconds.
/// source: ISO 8601-1:2019 with amendment 1, which has 24:00 for the end of a day; no expanded years, no intervals
constexpr bool is_iso_8601(std::string_view text) noexcept
{
    return detail::iso_8601_reader(text).accepts();
}

} // namespace STET_NAMESPACE::detail

#endif
