// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_SCALAR_WORDS_HPP
#define STET_TENSOR_IMPL_SCALAR_WORDS_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/words.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

// Scalars of 1, 2, 4 or 8 bytes, eight bytes at a time: what a processor without knowledge of vectors does fastest.
namespace STET_NAMESPACE::detail {

/// Exchanges neighbours of `Bits` bits.
template <unsigned Bits>
constexpr std::uint64_t exchanged(std::uint64_t word) noexcept
{
    constexpr std::uint64_t lower = UINT64_MAX / ((std::uint64_t{1} << Bits) + 1);
    return (word & lower) << Bits | (word >> Bits & lower);
}

/// The word with the bytes of each of its scalars reversed.
template <std::size_t Width>
constexpr std::uint64_t swapped(std::uint64_t word) noexcept
{
    static_assert(Width == 1 || Width == 2 || Width == 4 || Width == 8);
    if constexpr (Width >= 2)
        word = exchanged<8>(word);
    if constexpr (Width >= 4)
        word = exchanged<16>(word);
    if constexpr (Width >= 8)
        word = exchanged<32>(word);
    return word;
}

/// The word with its scalars in reverse order, each as it is.
template <std::size_t Width>
constexpr std::uint64_t reversed(std::uint64_t word) noexcept
{
    static_assert(Width == 1 || Width == 2 || Width == 4 || Width == 8);
    if constexpr (Width <= 1)
        word = exchanged<8>(word);
    if constexpr (Width <= 2)
        word = exchanged<16>(word);
    if constexpr (Width <= 4)
        word = exchanged<32>(word);
    return word;
}

/// Reverses the bytes of each scalar, in place.
/// size: bytes; a multiple of Width
template <std::size_t Width>
void swap_scalars(std::byte* scalars, std::size_t size) noexcept
{
    if constexpr (Width > 1) {
        std::size_t i = 0;
        for (; i + 8 <= size; i += 8)
            store_word(scalars + i, swapped<Width>(load_word(scalars + i)));
        for (; i < size; i += Width)
            for (std::size_t low = i, high = i + Width - 1; low < high; ++low, --high)
                std::swap(scalars[low], scalars[high]);
    } else {
        static_cast<void>(scalars);
        static_cast<void>(size);
    }
}

/// The same for a width known only when it runs: 1, 2, 4 or 8.
void swap_scalars(std::byte* scalars, std::size_t size, std::size_t width) noexcept;

/// A square of scalars in as many words: one row each, as a little-endian host loads it.
template <std::size_t Width>
using word_square = std::array<std::uint64_t, 8 / Width>;

/// Exchanges the upper right with the lower left of blocks of 2 x 2 scalars of `Bits` bits.
template <unsigned Bits>
constexpr void exchange_corners(std::uint64_t& above, std::uint64_t& below) noexcept
{
    constexpr std::uint64_t lower = UINT64_MAX / ((std::uint64_t{1} << Bits) + 1);
    const std::uint64_t     differing = (above >> Bits ^ below) & lower;
    below ^= differing;
    above ^= differing << Bits;
}

/// The same for every pair of rows that stand as far apart as the scalars do. Written out: in a loop the words would
/// live in memory.
template <unsigned Bits, std::size_t Width>
constexpr void exchange_all_corners(word_square<Width>& rows) noexcept
{
    constexpr std::size_t apart = Bits / 8 / Width;
    [&]<std::size_t... Pair>(std::index_sequence<Pair...>) {
        (exchange_corners<Bits>(rows[Pair / apart * 2 * apart + Pair % apart],
                                rows[Pair / apart * 2 * apart + Pair % apart + apart]),
         ...);
    }(std::make_index_sequence<4 / Width>());
}

template <std::size_t Width>
constexpr void transpose(word_square<Width>& rows) noexcept
{
    if constexpr (Width <= 4)
        exchange_all_corners<32, Width>(rows);
    if constexpr (Width <= 2)
        exchange_all_corners<16, Width>(rows);
    if constexpr (Width == 1)
        exchange_all_corners<8, Width>(rows);
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "scalar_words.ipp"
#endif

#endif
