// SPDX-License-Identifier: MIT
// BLAKE3's compression: of one block, and of many chunks or parents side by side.
#ifndef STET_HASHES_IMPL_BLAKE3_BLOCKS_HPP
#define STET_HASHES_IMPL_BLAKE3_BLOCKS_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

// Where the standard's headers are, and not in the bodies: macros of the program's own may lie between.
#if STET_BODIES && defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#elif STET_BODIES && defined(_M_X64)
#include <intrin.h>
#endif

namespace STET_NAMESPACE::detail {

inline constexpr std::size_t blake3_chunk_size = 1024;
inline constexpr std::size_t blake3_block_size = 64;

/// A chaining value: what is known of a subtree.
using blake3_words = std::array<std::uint32_t, 8>;

/// What every chunk begins with, when there is no key.
inline constexpr blake3_words blake3_start{0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                           0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

enum blake3_flag : std::uint32_t {
    blake3_chunk_start = 1,
    blake3_chunk_end = 2,
    blake3_parent = 4,
    blake3_root = 8,
};

/// The chunk of that number, whole or the last one. last: blake3_root when it is all there is
blake3_words blake3_chunk(const std::byte* data, std::size_t size, std::uint64_t number,
                          std::uint32_t last = 0) noexcept;

/// last: blake3_root for the uppermost
blake3_words blake3_join(const blake3_words& left, const blake3_words& right,
                         std::uint32_t last = 0) noexcept;

/// How many chunks or parents are worked out at once.
struct blake3_functions {
    /// Whole chunks that lie side by side. to: as many values
    void (*chunks)(const std::byte* data, std::size_t count, std::uint64_t number, blake3_words* to) noexcept;
    /// Parents of the pairs that lie side by side; they take the place of the first values.
    void (*joins)(blake3_words* values, std::size_t pairs) noexcept;
};

void blake3_plain_chunks(const std::byte* data, std::size_t count, std::uint64_t number,
                         blake3_words* to) noexcept;

void blake3_plain_joins(blake3_words* values, std::size_t pairs) noexcept;

/// On every processor.
inline constexpr blake3_functions blake3_plain{blake3_plain_chunks, blake3_plain_joins};

/// Eight at a time; null where this build or this processor cannot.
const blake3_functions* blake3_wide() noexcept;

/// The fastest there is.
const blake3_functions& blake3_compression() noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "blake3_blocks.ipp"
#endif

#endif
