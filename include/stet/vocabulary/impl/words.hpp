// SPDX-License-Identifier: MIT
// Eight bytes of memory as one number, the same on every host: the first byte is the lowest.
#ifndef STET_VOCABULARY_IMPL_WORDS_HPP
#define STET_VOCABULARY_IMPL_WORDS_HPP

#include "../config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace STET_NAMESPACE::detail {

/// The word as it lies in memory, or as memory holds it: the bytes change places on a big-endian host only.
constexpr std::uint64_t little_endian(std::uint64_t word) noexcept
{
    if constexpr (std::endian::native == std::endian::big) {
        word = (word & 0x00FF00FF00FF00FFU) << 8U | (word >> 8U & 0x00FF00FF00FF00FFU);
        word = (word & 0x0000FFFF0000FFFFU) << 16U | (word >> 16U & 0x0000FFFF0000FFFFU);
        word = word << 32U | word >> 32U;
    }
    return word;
}

/// Eight bytes.
inline std::uint64_t load_word(const void* from) noexcept
{
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return little_endian(word);
}

/// Up to eight bytes; those above them are 0.
inline std::uint64_t load_word(const void* from, std::size_t count) noexcept
{
    std::uint64_t word = 0;
    if (count != 0)
        std::memcpy(&word, from, count);
    return little_endian(word);
}

inline void store_word(void* to, std::uint64_t word) noexcept
{
    word = little_endian(word);
    std::memcpy(to, &word, sizeof word);
}

} // namespace STET_NAMESPACE::detail

#endif
