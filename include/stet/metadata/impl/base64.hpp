// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_IMPL_BASE64_HPP
#define STET_METADATA_IMPL_BASE64_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/memory_size.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Characters that data of so many bytes takes in base64, padding included.
constexpr std::uint64_t base64_size(std::uint64_t data_size) noexcept
{
    return data_size / 3 * 4 + (data_size % 3 == 0 ? 0U : 4U);
}

/// Appends the bytes in base64 with padding.
/// source: RFC 4648, section 4
inline void append_base64(std::string& text, std::span<const std::byte> data)
{
    text.reserve(text.size() + memory_size(base64_size(data.size())));
    for (std::size_t at = 0; at < data.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group =
                (group << 8U) | (at + i < data.size() ? std::to_integer<std::uint32_t>(data[at + i]) : 0U);
        const std::size_t given = data.size() - at < 3 ? data.size() - at : 3;
        for (unsigned i = 0; i < 4; ++i)
            text += i <= given ? detail::base64_alphabet[(group >> (18U - 6U * i)) & 0x3FU] : '=';
    }
}

/// The bytes in base64 with padding.
inline std::string base64(std::span<const std::byte> data)
{
    std::string text;
    append_base64(text, data);
    return text;
}

/// Whether the text is base64 as the encoder above writes it: padded, no other character, unused bits zero.
constexpr bool is_base64(std::string_view text) noexcept
{
    if (text.size() % 4 != 0)
        return false;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    std::size_t last = 0;
    for (const char c : text) {
        last = detail::base64_alphabet.find(c);
        if (last == std::string_view::npos)
            return false;
    }
    // With one '=' the last character brings four bits of data, with two it brings two.
    return (last & ((std::size_t{1} << 2 * padding) - 1)) == 0;
}

} // namespace STET_NAMESPACE::detail

#endif
