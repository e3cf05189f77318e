// SPDX-License-Identifier: MIT
// The arithmetic of CRC-32: polynomials over two elements, the lowest coefficient in the highest bit.
#ifndef STET_HASHES_IMPL_CRC32_WORDS_HPP
#define STET_HASHES_IMPL_CRC32_WORDS_HPP

#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>

// Where the standard's headers are, and not in the bodies: macros of the program's own may lie between.
#if STET_BODIES && defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#elif STET_BODIES && defined(_M_X64)
#include <intrin.h>
#endif

namespace STET_NAMESPACE::detail {

/// The polynomial of zip, without its highest coefficient.
inline constexpr std::uint32_t crc32_polynomial = 0xEDB88320;

/// The remainder of a text that goes on: the value without the inversions at its begin and end.
using crc32_function = std::uint32_t (*)(std::uint32_t remainder, const std::byte* data,
                                         std::size_t size) noexcept;

/// On every processor.
std::uint32_t crc32_plain(std::uint32_t remainder, const std::byte* data, std::size_t size) noexcept;

/// By products without carries; null where this build or this processor has none.
crc32_function crc32_native() noexcept;

/// The value of a text that goes on, the fastest way there is.
std::uint32_t crc32_after(std::uint32_t value, const std::byte* data, std::size_t size) noexcept;

/// What a text's value becomes when bytes follow it, but for what those add.
std::uint32_t crc32_shifted(std::uint32_t value, std::uint64_t count) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "crc32_words.ipp"
#endif

#endif
