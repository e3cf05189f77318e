// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_PARALLEL_WRITER_HPP
#define STET_WRITERS_PARALLEL_WRITER_HPP

#include "../file/impl/positioned_sink.hpp"
#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "executor.hpp"
#include "impl/pending_jobs.hpp"
#include "impl/shared_progress.hpp"

#include <cstddef>
#include <mutex>
#include <optional>
#include <span>

namespace STET_NAMESPACE {

/// Who prepares and writes tensors beside the calling thread.
struct parallel_settings {
    executor    jobs{};
    unsigned    workers = 1;                     ///< jobs that are given to it
    std::size_t staging = std::size_t{1} << 20U; ///< bytes for each thread
    std::size_t portion = std::size_t{4} << 20U; ///< bytes of tensors a thread takes at a time, or one tensor
};

namespace detail {

/// Hands out runs of tensors, in file order, to whoever asks.
class run_dispenser {
public:
    run_dispenser(const plan& tensors, std::size_t portion) noexcept;

    std::optional<tensor_run> next();

private:
    std::mutex  mutex_{};
    const plan* tensors_;
    std::size_t portion_;
    std::size_t next_ = 0;
};

/// What all threads of a save share.
struct parallel_save {
    const header*     head;
    const part_file*  file;
    run_dispenser*    runs;
    shared_progress*  progress;
    prefetch_function prefetch;
    pending_jobs*     pending;
};

/// One thread's share of the work, as a job.
struct parallel_share {
    const parallel_save* of = nullptr;
    std::span<std::byte> block{};

    result<void> write() const;

    static void run_job(void* itself);
};

result<void> write_parallel(const void* given, const header& head, part_file& file,
                            const save_options& options);

} // namespace detail

/// Several threads prepare and write tensors at once, each through the system's cache: for tensors whose bytes cost
/// time to make. Producers of different tensors run at once. Where a file system has no positional writes, the usual
/// way. The bytes in the file are the same for any number of threads.
/// lifetime: borrows the settings
constexpr file_writer parallel_writer(const parallel_settings& settings) noexcept
{
    return {.write = detail::write_parallel, .settings = &settings};
}
file_writer parallel_writer(const parallel_settings&& temporary) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/parallel_writer.ipp"
#endif

#endif
