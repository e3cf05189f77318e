// SPDX-License-Identifier: MIT
#include "pending_jobs.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void pending_jobs::give(const executor& to, void (*job)(void* argument), void* argument)
{
    if (!to) {
        add();
        return job(argument);
    }
    struct refused { // unless the executor takes the job
        pending_jobs* by;

        ~refused()
        {
            if (by != nullptr)
                by->finish();
        }
    } guard{this};
    add();
    to.run(to.context, job, argument);
    guard.by = nullptr;
}

STET_INLINE void pending_jobs::add()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    ++count_;
}

STET_INLINE void pending_jobs::finish()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    if (--count_ == 0)
        none_left_.notify_all(); // under the lock: the waiter may destroy this right after
}

STET_INLINE void pending_jobs::wait()
{
    std::unique_lock<std::mutex> lock(mutex_);
    none_left_.wait(lock, [this] { return count_ == 0; });
}

STET_INLINE bool pending_jobs::are_done()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    return count_ == 0;
}

} // namespace STET_NAMESPACE::detail
