// SPDX-License-Identifier: MIT
// Numbers and texts from files as people and terminals can take them.
#ifndef EXAMPLE_READABLE_HPP
#define EXAMPLE_READABLE_HPP

#include <stet/vocabulary/impl/json_string.hpp>
#include <stet/vocabulary/impl/utf8.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace example {

/// With thousands separators: "859,520,964".
inline std::string grouped(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, 1, ',');
    return text;
}

/// "1 tensor", "1,130 tensors".
inline std::string counted(std::uint64_t number, std::string_view thing)
{
    return grouped(number) + ' ' + std::string(thing) + (number == 1 ? "" : "s");
}

/// "[320, 4, 3, 3]"
inline std::string shape_text(std::span<const std::uint64_t> shape)
{
    std::string text = "[";
    for (const std::uint64_t axis : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(axis);
    return text + ']';
}

/// Well-formed UTF-8, with U+FFFD for each byte that is not.
inline std::string repaired(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        std::size_t length = 1;
        while (length < 4 && length < text.size() && !stet::detail::is_utf8(text.substr(0, length)))
            ++length;
        const bool is_sound = stet::detail::is_utf8(text.substr(0, length));
        out += is_sound ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(is_sound ? length : 1);
    }
    return out;
}

inline std::string quoted(std::string_view text)
{
    return '\'' + stet::readable(text) + '\'';
}

/// A JSON string, quotes included.
inline std::string json_text(std::string_view text)
{
    std::string out = "\"";
    stet::detail::escape_json(stet::detail::is_utf8(text) ? text : repaired(text),
                              [&](std::string_view piece) { out += piece; });
    return out + '"';
}

} // namespace example

#endif
