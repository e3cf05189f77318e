// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_AUTOMATIC_WRITER_HPP
#define STET_WRITERS_AUTOMATIC_WRITER_HPP

#include "../vocabulary/config.hpp"
#include "hybrid_writer.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// When a save leaves the usual way.
struct automatic_settings {
    std::uint64_t large_durable = std::uint64_t{256}
                                  << 20U;             ///< bytes of a durable file that goes past the cache
    std::uint64_t   large = std::uint64_t{12} << 30U; ///< bytes of another that goes both ways
    hybrid_settings hybrid{};                         ///< its blocks are also those of the direct way
};

namespace detail {

result<void> accept_automatic(const void* given);

result<void> write_automatic(const void* given, const header& head, part_file& file,
                             const save_options& options);

} // namespace detail

/// Writes the way that is fastest for the file: as direct_writer when it is to be durable and has 256 MiB or more; as
/// hybrid_writer when it need not be, from 12 GiB on, where the cache alone waits for the disk; else through the
/// system's cache. Calls producers and progress as those do.
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::default_writer_maker<automatic_settings> automatic_writer{
    file_writer{.write = detail::write_automatic, .accept = detail::accept_automatic}};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/automatic_writer.ipp"
#endif

#endif
