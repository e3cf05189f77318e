// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "../output_name.hpp"

#include <array>

namespace STET_NAMESPACE {

STET_INLINE result<output_name> parse_output_name(std::string_view prefix, path_style style)
{
    const std::string_view separators = style == path_style::windows ? "/\\" : "/";
    const bool             has_drive = style == path_style::windows && prefix.size() > 1 && prefix[1] == ':';
    if (has_drive || prefix.find_first_of(separators) == 0)
        return error{.code = errc::outside_root}.about(prefix);
    if (!detail::is_utf8(prefix))
        return error{.code = errc::invalid_file_name}.about(prefix);

    std::string path; // parts with '/' between them
    for (std::size_t at = 0; at < prefix.size();) {
        const std::size_t      found = prefix.find_first_of(separators, at);
        const std::size_t      end = found == std::string_view::npos ? prefix.size() : found;
        const std::string_view part = prefix.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == "..") {
            if (path.empty())
                return error{.code = errc::outside_root}.about(prefix);
            const std::size_t parent = path.rfind('/');
            path.resize(parent == std::string::npos ? 0 : parent);
            continue;
        }
        if (!detail::is_allowed(part, style))
            return error{.code = errc::invalid_file_name}.about(prefix);
        if (!path.empty())
            path += '/';
        path += part;
    }
    if (path.empty())
        return error{.code = errc::invalid_file_name}.about(prefix);
    const std::size_t last = path.rfind('/');
    if (last == std::string::npos)
        return output_name{.folder = {}, .stem = path};
    return output_name{.folder = path.substr(0, last), .stem = path.substr(last + 1)};
}

namespace detail {

STET_INLINE std::size_t run_length(std::string_view pattern, std::size_t at, std::size_t most) noexcept
{
    std::size_t length = 1;
    while (length < most && at + length < pattern.size() && pattern[at + length] == pattern[at])
        ++length;
    return length;
}

STET_INLINE std::string formatted_time(std::string_view pattern, const calendar_time& time)
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

STET_INLINE std::optional<std::string> field_value(std::string_view field, const placeholders& values)
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

STET_INLINE bool mentions_time(std::string_view prefix) noexcept
{
    for (const std::string_view field :
         {"%date", "%year%", "%month%", "%day%", "%hour%", "%minute%", "%second%"})
    {
        if (prefix.find(field) != std::string_view::npos)
            return true;
    }
    return false;
}

} // namespace detail

STET_INLINE std::string expand_placeholders(std::string_view prefix, const placeholders& values)
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

namespace detail {

STET_INLINE bool is_device_name(std::string_view part) noexcept
{
    constexpr std::array<std::string_view, 6> devices{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
    std::string_view                          base = part.substr(0, part.find('.'));
    while (base.ends_with(' '))
        base.remove_suffix(1);
    const auto same = [base](std::string_view device) {
        for (std::size_t i = 0; i < device.size(); ++i) {
            const char c =
                base[i] >= 'a' && base[i] <= 'z' ? static_cast<char>(base[i] - 'a' + 'A') : base[i];
            if (c != device[i])
                return false;
        }
        return true;
    };
    for (const std::string_view device : devices) {
        if (base.size() == device.size() && same(device))
            return true;
    }
    if (base.size() < 4 || !(same("COM") || same("LPT")))
        return false;
    const std::string_view port = base.substr(3); // a digit, or a superscript one of Latin-1
    return (port.size() == 1 && port[0] >= '0' && port[0] <= '9') || port == "\xC2\xB9" ||
           port == "\xC2\xB2" || port == "\xC2\xB3";
}

STET_INLINE bool is_allowed(std::string_view part, path_style style) noexcept
{
    for (const char c : part) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7F)
            return false;
        if (style == path_style::windows && std::string_view("<>:\"|?*").find(c) != std::string_view::npos)
            return false;
    }
    if (style == path_style::posix)
        return true;
    return !part.ends_with('.') && !part.ends_with(' ') && !is_device_name(part);
}

STET_INLINE std::optional<std::uint64_t> number_taken(std::string_view entry, std::string_view stem,
                                                      name_case letters) noexcept
{
    if (entry.size() < stem.size() + 2 || entry[stem.size()] != '_')
        return std::nullopt;
    for (std::size_t i = 0; i < stem.size(); ++i) {
        if (entry[i] != stem[i] && (letters == name_case::sensitive ||
                                    detail::lower_ascii(entry[i]) != detail::lower_ascii(stem[i])))
            return std::nullopt;
    }
    std::uint64_t number = 0;
    std::size_t   at = stem.size() + 1;
    for (; at < entry.size() && entry[at] >= '0' && entry[at] <= '9'; ++at) {
        const auto digit = static_cast<std::uint64_t>(entry[at] - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return std::nullopt;
        number = number * 10 + digit;
    }
    const bool ends_there = at == entry.size() || entry[at] == '_' || entry[at] == '.';
    if (at == stem.size() + 1 || !ends_there)
        return std::nullopt;
    return number;
}

} // namespace detail

STET_INLINE std::string numbered_name(std::string_view stem, std::uint64_t counter,
                                      std::string_view extension)
{
    std::string name(stem);
    name += '_';
    detail::append_padded(name, counter, 5);
    name += '_';
    name += extension;
    return name;
}

STET_INLINE void counter::see(std::string_view entry) noexcept
{
    const auto number = detail::number_taken(entry, stem_, letters_);
    if (number && *number > largest_)
        largest_ = *number;
}

STET_INLINE result<std::uint64_t> counter::next() const noexcept
{
    if (largest_ == UINT64_MAX)
        return error{.code = errc::counter_exhausted, .actual = largest_}.about(stem_);
    return largest_ + 1;
}

} // namespace STET_NAMESPACE
