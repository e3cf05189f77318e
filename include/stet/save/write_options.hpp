// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_WRITE_OPTIONS_HPP
#define STET_SAVE_WRITE_OPTIONS_HPP

#include "../layout/placed_name.hpp"
#include "../sink/sink.hpp"
#include "../vocabulary/function_ref.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE {

/// How far a save has come.
struct progress {
    std::uint64_t bytes_done;  ///< of the file, header included
    std::uint64_t bytes_total; ///< that the file will have
    placed_name   tensor;      ///< the one being written
};

/// Called before each tensor, every sixteen megabytes of one, and at the end. Returning false cancels the save, which
/// then leaves nothing behind. A save calls it on its own thread, parallel_writer and hybrid_writer on any of theirs,
/// one call at a time, background_save on its job's. It may throw on the thread that called the save, which then leaves
/// nothing behind; on another, std::terminate ends the program. It may save another file.
using progress_callback = function_ref<bool(const progress&)>;

/// Called with memory that is about to be read, at most sixteen megabytes at a time; see populate_pages.
using prefetch_function = void (*)(bytes soon_read);

namespace detail {

/// Bytes of the block in which small tensors are joined: at most this, less for a smaller file.
inline constexpr std::size_t staging_size = std::size_t{1} << 20U;

} // namespace detail

/// How a file's bytes are written. lifetime: borrows the callback and the memory
struct write_options {
    progress_callback progress{};
    /// Memory to stage in, at best aligned to 64 bytes; when empty, staging_size bytes of the plan's allocator.
    std::span<std::byte> staging{};
    prefetch_function    prefetch = nullptr; ///< for packed tensors
};

namespace detail {

/// Records that stand one after the other in the file, from a byte of the first to a byte of the last. Only a packed
/// tensor may be cut.
struct tensor_run {
    std::size_t   first = 0, last = 0; ///< indices; last is one past
    std::uint64_t begin = 0, end = 0;  ///< bytes from the start of the data
};

} // namespace detail

} // namespace STET_NAMESPACE

#endif
