// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_HYBRID_WRITER_HPP
#define STET_WRITERS_HYBRID_WRITER_HPP

#include "../file/impl/positioned_sink.hpp"
#include "../vocabulary/config.hpp"
#include "direct_writer.hpp"
#include "impl/pending_jobs.hpp"
#include "impl/shared_progress.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE {

/// How much of a file goes through the system's cache while the rest goes past it.
struct hybrid_settings {
    std::uint64_t  most_cached = std::uint64_t{1} << 30U; ///< bytes
    unsigned       most_percent = 60;                     ///< of the file
    block_settings blocks{};
};

namespace detail {

/// The two parts of a file: up to a byte of the data, and from there.
struct halves {
    tensor_run first{}, second{};
};

/// Cuts as close below `goal` as can be, in bytes of the data: inside a packed tensor where the file has an aligned
/// place, else before the tensor.
halves cut(const header& head, std::uint64_t goal) noexcept;

/// Header and a run of tensors through the cache, as a job.
struct cached_half {
    const header*        head;
    const part_file*     file;
    tensor_run           run;
    std::span<std::byte> block;
    write_options        options;
    shared_progress*     progress;
    pending_jobs*        pending;

    result<void> write() const;

    static void run_job(void* itself);
};

/// The tensors past the cache, on the calling thread.
result<void> write_direct_half(block_stream& stream, const header& head, const tensor_run& run,
                               const write_options& options);

result<void> write_hybrid(const void* given, const header& head, part_file& file,
                          const save_options& options);

} // namespace detail

inline constexpr hybrid_settings default_hybrid{};

/// Both ways at once: the first part of the file through the system's cache on another thread, the rest past it on the
/// calling one. The least time until a save returns that is too large for the cache alone, and need not be durable.
/// Producers of different tensors run on two threads at once.
/// memory: as direct_writer, and one staging block
constexpr file_writer hybrid_writer(const hybrid_settings& settings = default_hybrid) noexcept
{
    return {.write = detail::write_hybrid, .settings = &settings};
}
file_writer hybrid_writer(const hybrid_settings&& temporary) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/hybrid_writer.ipp"
#endif

#endif
