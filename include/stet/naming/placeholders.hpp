// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_PLACEHOLDERS_HPP
#define STET_NAMING_PLACEHOLDERS_HPP

#include "../vocabulary/impl/decimal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

/// A moment as a calendar shows it; months and days count from 1.
struct calendar_time {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

/// What the fields of a prefix stand for.
struct placeholders {
    std::optional<calendar_time> time{}; ///< without one, fields of time stay as they are
    std::uint64_t                width = 0;
    std::uint64_t                height = 0;
};

namespace detail {

/// Characters of `pattern` from `at` on that repeat the one at `at`, at most `most`.
inline std::size_t run_length(std::string_view pattern, std::size_t at, std::size_t most) noexcept
{
    std::size_t length = 1;
    while (length < most && at + length < pattern.size() && pattern[at + length] == pattern[at])
        ++length;
    return length;
}

/// `yyyy-MM-dd` and the like: y, M, d, h, m, s; a doubled letter is padded, `yy` is the year's last two digits.
inline std::string formatted_time(std::string_view pattern, const calendar_time& time)
{
    std::string text;
    for (std::size_t i = 0; i < pattern.size();) {
        const std::size_t run = run_length(pattern, i, pattern[i] == 'y' ? 4 : 2);
        switch (pattern[i]) {
        case 'y':
            if (run == 4)
                append_padded(text, time.year, 4);
            else if (run == 2)
                append_padded(text, time.year % 100, 2);
            else
                text.append(run, 'y');
            break;
        case 'M':
            append_padded(text, time.month, run);
            break;
        case 'd':
            append_padded(text, time.day, run);
            break;
        case 'h':
            append_padded(text, time.hour, run);
            break;
        case 'm':
            append_padded(text, time.minute, run);
            break;
        case 's':
            append_padded(text, time.second, run);
            break;
        default:
            text += pattern.substr(i, run);
            break;
        }
        i += run;
    }
    return text;
}

/// What a field stands for, without its percent signs; nothing if it is unknown.
inline std::optional<std::string> field_value(std::string_view field, const placeholders& values)
{
    std::string text;
    if (field == "width" || field == "height") {
        append_padded(text, field == "width" ? values.width : values.height, 1);
        return text;
    }
    if (!values.time)
        return std::nullopt;
    if (field == "date")
        return formatted_time("yyyy-MM-dd", *values.time);
    if (field.starts_with("date:"))
        return formatted_time(field.substr(5), *values.time);

    struct named_part {
        std::string_view name;
        unsigned         value;
        std::size_t      digits;
    };
    const std::array<named_part, 6> parts{{{"year", values.time->year, 1},
                                           {"month", values.time->month, 2},
                                           {"day", values.time->day, 2},
                                           {"hour", values.time->hour, 2},
                                           {"minute", values.time->minute, 2},
                                           {"second", values.time->second, 2}}};
    for (const named_part& part : parts) {
        if (field == part.name) {
            append_padded(text, part.value, part.digits);
            return text;
        }
    }
    return std::nullopt;
}

} // namespace detail

/// Whether a prefix has a field that needs the time.
inline bool mentions_time(std::string_view prefix) noexcept
{
    for (const std::string_view field :
         {"%date", "%year%", "%month%", "%day%", "%hour%", "%minute%", "%second%"}) {
        if (prefix.find(field) != std::string_view::npos)
            return true;
    }
    return false;
}

/// The prefix with its fields replaced: %width% %height% %year% %month% %day% %hour% %minute% %second% %date%
/// %date:yyyy-MM-dd%. Unknown fields and a lone percent sign stay as they are; what a field brings is not looked at
/// again.
/// source: ComfyUI 0.8.0, folder_paths.py; %date:...% as its web front-end expands it
inline std::string expand_placeholders(std::string_view prefix, const placeholders& values)
{
    std::string text;
    std::size_t at = 0;
    while (at < prefix.size()) {
        const std::size_t open = prefix.find('%', at);
        const std::size_t close = open == std::string_view::npos ? open : prefix.find('%', open + 1);
        if (close == std::string_view::npos)
            break;
        text += prefix.substr(at, open - at);
        const auto value = detail::field_value(prefix.substr(open + 1, close - open - 1), values);
        if (value) {
            text += *value;
            at = close + 1;
        } else { // the second sign may open a field of its own
            text += prefix.substr(open, close - open);
            at = close;
        }
    }
    text += prefix.substr(at);
    return text;
}

} // namespace STET_NAMESPACE

#endif
