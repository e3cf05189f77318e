// SPDX-License-Identifier: MIT
// Codes of four bits, two a byte, replaced by words from tables of sixteen.
#ifndef STET_QUANTISED_IMPL_NIBBLE_LOOKUP_HPP
#define STET_QUANTISED_IMPL_NIBBLE_LOOKUP_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Which half of a byte holds the element that comes first.
enum class nibble_order : std::uint8_t { low_first, high_first };

/// Codes that share a table, the least that is looked up at once.
inline constexpr std::size_t nibble_block = 16;

/// The word of each code.
template <class Word>
using nibble_table = std::array<Word, nibble_block>;

/// The code at an index.
constexpr unsigned nibble_at(const std::byte* packed, std::size_t index, nibble_order order) noexcept
{
    const auto both = std::to_integer<unsigned>(packed[index / 2]);
    return (index % 2 == 0) == (order == nibble_order::high_first) ? both >> 4U : both & 0xFU;
}

/// Replaces blocks of sixteen codes, each by its own table.
/// tables: one a block
/// to:     at any address
void look_up_nibbles(const std::byte* packed, nibble_order order,
                     const nibble_table<std::uint16_t>* const* tables, std::size_t blocks,
                     std::byte* to) noexcept;
void look_up_nibbles(const std::byte* packed, nibble_order order,
                     const nibble_table<std::uint32_t>* const* tables, std::size_t blocks,
                     std::byte* to) noexcept;

/// The same by the loop that every processor has instructions for.
void look_up_nibbles_plainly(const std::byte* packed, nibble_order order,
                             const nibble_table<std::uint16_t>* const* tables, std::size_t blocks,
                             std::byte* to) noexcept;
void look_up_nibbles_plainly(const std::byte* packed, nibble_order order,
                             const nibble_table<std::uint32_t>* const* tables, std::size_t blocks,
                             std::byte* to) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "nibble_lookup.ipp"
#endif

#endif
