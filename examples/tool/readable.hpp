// SPDX-License-Identifier: MIT
// Numbers and texts from files as people and terminals can take them.
#ifndef EXAMPLE_READABLE_HPP
#define EXAMPLE_READABLE_HPP

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

/// Bytes of the character that a text begins with; none where they are not UTF-8.
/// source: table 3-7 of the Unicode Standard
inline std::size_t character_size(std::string_view text)
{
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const unsigned    least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned    most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < least || byte(1) > most)
        return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80)
            return 0;
    }
    return size;
}

/// Well-formed UTF-8, with U+FFFD for each byte that is not.
inline std::string repaired(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        out += size != 0 ? text.substr(0, size) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(size != 0 ? size : 1);
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
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr std::string_view shorts =
        "\"\"\\\\\bb\tt\nn\ff\rr"; // a character and what stands for it behind a backslash
    std::string out = "\"";
    for (const char c : repaired(text)) {
        const auto code = static_cast<unsigned char>(c);
        const auto at = shorts.find(c);
        if (code >= 0x20 && c != '"' && c != '\\')
            out += c;
        else if (at != std::string_view::npos)
            out += {'\\', shorts[at + 1]};
        else
            out += {'\\', 'u', '0', '0', hex[code >> 4U], hex[code & 0xFU]};
    }
    return out + '"';
}

} // namespace example

#endif
