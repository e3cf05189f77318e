// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_EXECUTOR_HPP
#define STET_WRITERS_EXECUTOR_HPP

#include "../vocabulary/config.hpp"
#include "impl/thread.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace STET_NAMESPACE {

/// Runs jobs on other threads: the host's job system, or worker_threads. Plain data.
/// run: runs job(argument) now or later, on any thread. Every job must run some time, even while the thread that gave
///      it waits for it. The library calls run on the thread that saves. It may throw there, and has not taken the job
///      then; no job of the library throws
struct executor {
    void* context = nullptr;
    /// Runs `job(argument)`, now or on another thread, once.
    void (*run)(void* context, void (*job)(void* argument), void* argument) = nullptr;

    constexpr explicit operator bool() const noexcept { return run != nullptr; }
};

/// Threads of its own as an executor, for programs without a job system. Jobs that are given when the threads have
/// enough to do already, or when the system has no thread left, run at once on the thread that gives them. A job must
/// not throw.
/// lifetime: destruction waits until every job has run
class worker_threads {
public:
    static constexpr unsigned most = 64; ///< threads at most

    /// Starts `count` threads.
    explicit worker_threads(unsigned count) noexcept;
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;
    ~worker_threads();

    /// How many threads there are: fewer than asked for when the system had no more.
    unsigned size() const noexcept { return size_; }

    /// Runs jobs on these threads.
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

namespace detail {

/// Counts jobs that were given to an executor, and waits for all of them.
class pending_jobs {
public:
    /// Gives a job to an executor; to an empty one: runs it. The job calls finish() at its end. A job that an executor
    /// refuses by an exception does not count.
    void give(const executor& to, void (*job)(void* argument), void* argument);

    /// Nothing of this object is touched by the job's thread after this.
    void finish();

    void wait();

    bool are_done();

private:
    void add();

    std::mutex              mutex_{};
    std::condition_variable none_left_{};
    std::size_t             count_ = 0;
};

} // namespace detail

/// A ring of staging blocks, and who writes them. A writer takes fewer and smaller blocks where a file is small.
struct block_settings {
    std::size_t block_size = std::size_t{1} << 22U; ///< bytes; a multiple of direct_alignment
    unsigned    blocks = 8;                         ///< 2 to 32
    executor    jobs{}; ///< empty: the kernel's queue, or threads of the save's own
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/executor.ipp"
#endif

#endif
