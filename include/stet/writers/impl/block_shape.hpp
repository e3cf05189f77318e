// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_BLOCK_SHAPE_HPP
#define STET_WRITERS_IMPL_BLOCK_SHAPE_HPP

#include "../../file/file_system.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../executor.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// How a block_stream writes.
struct block_shape {
    static constexpr unsigned most_blocks = 32;

    file_handle file = no_handle;                   ///< takes the whole blocks, by positional writes
    std::size_t alignment = 1;                      ///< of memory, position and size; a power of two
    std::size_t block_size = std::size_t{1} << 22U; ///< bytes; a multiple of the alignment
    unsigned    blocks = 8;                         ///< how many may be under way
    std::size_t uncopied = std::size_t{1} << 16U; ///< borrowed bytes from here on are written where they lie
};

/// Whether a ring of blocks can be.
/// most:   bytes that one piece of memory can have
/// errors: invalid_setting
result<void> accept(const block_settings& settings, std::uint64_t most = PTRDIFF_MAX) noexcept;

/// The blocks of sound settings, and no more memory than the file has bytes to go through it.
block_shape shape_for(const block_settings& settings, std::uint64_t size) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "block_shape.ipp"
#endif

#endif
