// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_IMPL_BASE64_HPP
#define STET_METADATA_IMPL_BASE64_HPP

#include "../../vocabulary/config.hpp"

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
void append_base64(std::string& text, std::span<const std::byte> data);

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

#if STET_BODIES
#include "base64.ipp"
#endif

#endif
