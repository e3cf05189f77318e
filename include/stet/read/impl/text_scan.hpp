// SPDX-License-Identifier: MIT
// Looks at header text eight bytes at a time.
#ifndef STET_READ_IMPL_TEXT_SCAN_HPP
#define STET_READ_IMPL_TEXT_SCAN_HPP

#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline constexpr std::uint64_t every_byte = 0x0101010101010101U;
inline constexpr std::uint64_t high_bits = 0x8080808080808080U;

/// Sets the high bit of the bytes that end a run of plain characters: quote, backslash, control. A byte above a true
/// hit may be marked without need; the lowest mark is always true.
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept
{
    // Of bytes below 0x80 each subtraction reaches the high bit for those it looks for; the others are masked out.
    const std::uint64_t quote = word ^ (every_byte * 0x22);
    const std::uint64_t backslash = word ^ (every_byte * 0x5C);
    return ((word - every_byte * 0x20) | (quote - every_byte) | (backslash - every_byte)) & ~word & high_bits;
}

/// Offset at or after `from` of the first quote, backslash or control character; the size of the text if there is none.
std::size_t end_of_plain(std::string_view text, std::size_t from) noexcept;

/// How many bytes at the start of a text are well-formed UTF-8: all of them, or up to the first sequence that is not.
std::size_t utf8_prefix(std::string_view text) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "text_scan.ipp"
#endif

#endif
