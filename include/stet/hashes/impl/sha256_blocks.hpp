// SPDX-License-Identifier: MIT
// SHA-256's compression of whole blocks: in plain C++, by the instructions of x86, by those of ARMv8.
#ifndef STET_HASHES_IMPL_SHA256_BLOCKS_HPP
#define STET_HASHES_IMPL_SHA256_BLOCKS_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

// Where the standard's headers are, and not in the bodies: macros of the program's own may lie between.
#if STET_BODIES && defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#elif STET_BODIES && defined(_M_X64)
#include <intrin.h>
#elif STET_BODIES && defined(__aarch64__) && defined(__GNUC__)
#include <arm_neon.h>
#endif

namespace STET_NAMESPACE::detail {

inline constexpr std::size_t sha256_block_size = 64;

using sha256_state = std::array<std::uint32_t, 8>;

/// What a text's state begins as: the first 32 bits of the fractional parts of the square roots of the first primes.
inline constexpr sha256_state sha256_start{0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                           0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

/// Takes `count` blocks that lie side by side into the state.
using sha256_function = void (*)(sha256_state& state, const std::byte* blocks, std::size_t count) noexcept;

/// On every processor.
void sha256_plain(sha256_state& state, const std::byte* blocks, std::size_t count) noexcept;

/// By the processor's own instructions; null where this build or this processor has none.
sha256_function sha256_native() noexcept;

/// The fastest there is.
sha256_function sha256_compression() noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "sha256_blocks.ipp"
#endif

#endif
