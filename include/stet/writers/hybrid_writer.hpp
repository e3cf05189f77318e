// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_HYBRID_WRITER_HPP
#define STET_WRITERS_HYBRID_WRITER_HPP

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "block_settings.hpp"
#include "impl/writer_maker.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// How much of a file goes through the system's cache while the rest goes past it.
struct hybrid_settings {
    std::uint64_t  most_cached = std::uint64_t{1} << 30U; ///< bytes
    unsigned       most_percent = 60;                     ///< of the file, 0 to 100
    block_settings blocks{};
};

namespace detail {

result<void> accept_hybrid(const void* given);

result<void> write_hybrid(const void* given, const header& head, part_file& file,
                          const save_options& options);

} // namespace detail

/// Writes both ways at once: the first part of the file through the system's cache on another thread, the rest past it
/// on the calling one. The least time until a save returns that is too large for the cache alone, and need not be
/// durable.
/// Calls producers on both threads, of different tensors at the same time, and progress on either thread, one call at a
/// time. What throws on the calling thread stops the other and passes; on the other thread nothing may throw, or
/// std::terminate ends the program. A callback may save another file, but not by the same executor.
/// memory:   as direct_writer, and one staging block
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::default_writer_maker<hybrid_settings> hybrid_writer{
    file_writer{.write = detail::write_hybrid, .accept = detail::accept_hybrid}};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/hybrid_writer.ipp"
#endif

#endif
