// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_PARALLEL_WRITER_HPP
#define STET_WRITERS_PARALLEL_WRITER_HPP

#include "impl/thread.hpp"
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "impl/writer_maker.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

/// Runs jobs on other threads: the host's job system, or worker_threads. Plain data.
/// run: runs job(argument) now or later, on any thread. Every job must run some time, even while the thread that gave
///      it waits for it. The library calls run on the thread that saves. It may throw there, and has not taken the job
///      then; no job of the library throws
struct executor {
    void* context = nullptr;
    void (*run)(void* context, void (*job)(void* argument), void* argument) = nullptr;

    constexpr explicit operator bool() const noexcept { return run != nullptr; }
};

/// Threads of its own as an executor, for programs without a job system. Jobs that are given when the threads have
/// enough to do already, or when the system has no thread left, run at once on the thread that gives them. A job must
/// not throw.
/// lifetime: destruction waits until every job has run
class worker_threads {
public:
    static constexpr unsigned most = 64;

    explicit worker_threads(unsigned count) noexcept;
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;
    ~worker_threads();

    /// How many threads there are: fewer than asked for when the system had no more.
    unsigned size() const noexcept { return size_; }

    executor jobs() noexcept;

private:
    struct job {
        void (*function)(void*);
        void* argument;
    };

    void run(const job& given);

    static void work(void* itself);

    std::mutex                                      mutex_{};
    std::condition_variable                         news_{};
    std::array<job, 256>                            queue_{};
    std::size_t                                     first_ = 0;
    std::size_t                                     waiting_ = 0;
    bool                                            is_ending_ = false;
    unsigned                                        size_ = 0;
    std::array<std::optional<detail::thread>, most> threads_{};
};

/// Who prepares and writes tensors beside the calling thread.
struct parallel_settings {
    executor    jobs{};                          ///< empty: the calling thread writes alone, the usual way
    unsigned    workers = 1;                     ///< jobs that are given to it
    std::size_t staging = std::size_t{1} << 20U; ///< bytes for each thread, at least one
    std::size_t portion = std::size_t{4} << 20U; ///< bytes of tensors a thread takes at a time, or one tensor
};

namespace detail {

result<void> accept_parallel(const void* given);

result<void> write_parallel(const void* given, const header& head, part_file& file,
                            const save_options& options);

} // namespace detail

/// Lets several threads prepare and write tensors at once, each through the system's cache: for tensors whose bytes
/// cost time to make. Takes the usual way where a file system has no positional writes. The bytes in the file are the
/// same for any number of threads.
/// Calls producers of different tensors at the same time, on all of these threads, and progress on any of them, one
/// call at a time. What throws on the calling thread stops the others and passes; on the others nothing may throw, or
/// std::terminate ends the program. A callback may save another file, but not by the same executor.
/// memory:   staging bytes for each thread
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::writer_maker<parallel_settings> parallel_writer{
    file_writer{.write = detail::write_parallel, .accept = detail::accept_parallel}};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/parallel_writer.ipp"
#endif

#endif
