// SPDX-License-Identifier: MIT
// Base64 of recorded data.
#ifndef STET_TESTS_SUPPORT_BASE64_HPP
#define STET_TESTS_SUPPORT_BASE64_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace support {

inline constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

inline std::string to_base64(std::string_view data)
{
    std::string text;
    for (std::size_t i = 0; i < data.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k)
            three = three << 8U | (i + k < data.size() ? static_cast<unsigned char>(data[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k > data.size() ? '=' : base64_letters[three >> (18 - 6 * k) & 63U];
    }
    return text;
}

/// Nothing when it is not what to_base64 gives.
inline std::optional<std::string> from_base64(std::string_view text)
{
    std::string   data;
    std::uint32_t bits = 0;
    std::size_t   known = 0;
    for (const char c : text) {
        const std::size_t value = base64_letters.find(c);
        if (value == std::string_view::npos)
            break;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        known += 6;
        if (known >= 8) {
            known -= 8;
            data += static_cast<char>(bits >> known & 0xFFU);
        }
    }
    return to_base64(data) == text ? std::optional(data) : std::nullopt;
}

} // namespace support

#endif
