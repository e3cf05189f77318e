// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_JSON_STRING_HPP
#define STET_VOCABULARY_IMPL_JSON_STRING_HPP

#include "../config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Bytes each character of a JSON string takes in a header: 1 as it is, 2 for a short escape, 6 for a hexadecimal one.
/// source: serde_json, as safetensors 0.8 writes names and metadata
inline constexpr std::array<std::uint8_t, 256> json_width = [] {
    std::array<std::uint8_t, 256> width{};
    for (std::size_t i = 0; i < width.size(); ++i)
        width[i] = i < 0x20 ? 6 : 1;
    for (const char c : {'"', '\\', '\b', '\t', '\n', '\f', '\r'})
        width[static_cast<unsigned char>(c)] = 2;
    return width;
}();

/// Whether eight bytes are all characters that a JSON string holds as they are.
/// A byte of `word` that is below 0x20, a quote, a backslash, or 0x80 and above sets its top bit here.
constexpr bool all_plain(std::uint64_t word) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = 0x8080808080808080U;
    const std::uint64_t     quotes = word ^ (ones * '"');
    const std::uint64_t     slashes = word ^ (ones * '\\');
    // Where no byte reaches 0x80, each subtraction borrows for what it looks for and for nothing below it.
    const std::uint64_t escaped = (quotes - ones) | (slashes - ones) | (word - ones * 0x20);
    return ((escaped | word) & tops) == 0;
}

/// Length of the run of plain characters at the start: in steps of eight, or all of it.
std::size_t plain_run(std::string_view text) noexcept;

/// Length of the run at the start that an escaped ASCII string holds as it is: from space to tilde, no quote and no
/// backslash.
std::size_t printable_run(std::string_view text) noexcept;

/// What one look at a text tells: whether a header can hold it, and how long it is there.
struct json_string_facts {
    bool          well_formed;  ///< UTF-8
    std::uint64_t escaped_size; ///< bytes between the quotes
};

json_string_facts inspect_json_string(std::string_view text) noexcept;

/// The escape of one character that needs one; `buffer` holds it.
constexpr std::string_view json_escape(char character, std::array<char, 6>& buffer) noexcept
{
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr std::string_view shorts = "\"\"\\\\\bb\tt\nn\ff\rr";
    for (std::size_t i = 0; i < shorts.size(); i += 2) {
        if (character == shorts[i]) {
            buffer = {'\\', shorts[i + 1]};
            return {buffer.data(), 2};
        }
    }
    const auto code = static_cast<unsigned char>(character);
    buffer = {'\\', 'u', '0', '0', hex[code >> 4U], hex[code & 0xFU]};
    return {buffer.data(), 6};
}

/// Hands the escaped text to `put` in pieces, runs of plain characters as they are.
/// put: callable with std::string_view
template <class Put>
constexpr void escape_json(std::string_view text, Put&& put)
{
    std::array<char, 6> buffer{};
    std::size_t         run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (detail::json_width[static_cast<unsigned char>(text[i])] == 1)
            continue;
        if (i > run)
            put(std::string_view(text.data() + run, i - run));
        put(json_escape(text[i], buffer));
        run = i + 1;
    }
    if (run < text.size())
        put(std::string_view(text.data() + run, text.size() - run));
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "json_string.ipp"
#endif

#endif
