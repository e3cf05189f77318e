// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_WORKER_THREADS_HPP
#define STET_WRITERS_WORKER_THREADS_HPP

#include "../vocabulary/config.hpp"
#include "executor.hpp"
#include "impl/thread.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace STET_NAMESPACE {

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

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/worker_threads.ipp"
#endif

#endif
