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

result<void> write_automatic(const void* given, const header& head, part_file& file,
                             const save_options& options);

} // namespace detail

inline constexpr automatic_settings default_automatic{};

/// The way that is fastest for the file: as direct_writer when it is to be durable and has 256 MiB or more; as
/// hybrid_writer when it need not be, from 12 GiB on, where the cache alone waits for the disk; else through the system's
/// cache.
constexpr file_writer automatic_writer(const automatic_settings& settings = default_automatic) noexcept
{
    return {.write = detail::write_automatic, .settings = &settings};
}
file_writer automatic_writer(const automatic_settings&& temporary) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/automatic_writer.ipp"
#endif

#endif
