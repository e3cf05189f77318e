// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_PENDING_JOBS_HPP
#define STET_WRITERS_IMPL_PENDING_JOBS_HPP

#include "../executor.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace STET_NAMESPACE::detail {

/// Counts jobs that were given to an executor, and waits for all of them.
class pending_jobs {
public:
    void add()
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        ++count_;
    }

    /// Nothing of this object is touched by the job's thread after this.
    void finish()
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (--count_ == 0)
            none_left_.notify_all(); // under the lock: the waiter may destroy this right after
    }

    void wait()
    {
        std::unique_lock<std::mutex> lock(mutex_);
        none_left_.wait(lock, [this] { return count_ == 0; });
    }

    bool are_done()
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        return count_ == 0;
    }

private:
    std::mutex              mutex_{};
    std::condition_variable none_left_{};
    std::size_t             count_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
