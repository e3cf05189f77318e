// SPDX-License-Identifier: MIT
// Numbers and texts from files as people and terminals can take them.
#ifndef EXAMPLE_READABLE_HPP
#define EXAMPLE_READABLE_HPP

#include <stet/vocabulary/message.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
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

/// "0.001953"
inline std::string number_text(double number, int digits = 4)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*g", digits, number);
    return text.data();
}

/// A size in the unit that people say it in.
struct byte_unit {
    double           bytes = 1;
    std::string_view name = "bytes";
};

/// The largest unit that goes into a size.
inline byte_unit unit_of(std::uint64_t bytes)
{
    constexpr std::array<std::string_view, 5> names{"bytes", "kB", "MB", "GB", "TB"};
    byte_unit                                 unit;
    for (std::size_t i = 1; i < names.size() && static_cast<double>(bytes) >= 1000 * unit.bytes; ++i)
        unit = {.bytes = unit.bytes * 1000, .name = names[i]};
    return unit;
}

/// A number of bytes in a unit: "2.90"; of bytes themselves "29".
inline std::string in_unit(std::uint64_t bytes, const byte_unit& unit, int digits = 2)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", unit.bytes > 1 ? digits : 0,
                  static_cast<double>(bytes) / unit.bytes);
    return text.data();
}

/// "2.90 GB", "29.0 MB", "290 kB", "29 bytes"
inline std::string size_text(std::uint64_t bytes)
{
    const byte_unit unit = unit_of(bytes);
    const double    number = static_cast<double>(bytes) / unit.bytes;
    const int       digits = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
    return bytes == 1 ? "1 byte" : in_unit(bytes, unit, digits) + ' ' + std::string(unit.name);
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
