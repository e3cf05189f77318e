// SPDX-License-Identifier: MIT
#include "../executor.hpp"

#include <mutex>

namespace STET_NAMESPACE {

STET_INLINE worker_threads::worker_threads(unsigned count) noexcept
{
    const unsigned wanted = count < most ? count : most;
    while (size_ < wanted && threads_[size_].emplace(work, this).is_running())
        ++size_;
}

STET_INLINE worker_threads::~worker_threads()
{
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        is_ending_ = true;
    }
    news_.notify_all();
    for (auto& running : threads_)
        running.reset(); // joins
}

STET_INLINE executor worker_threads::jobs() noexcept
{
    return {.context = this, .run = [](void* self, void (*function)(void*), void* argument) {
                static_cast<worker_threads*>(self)->run({.function = function, .argument = argument});
            }};
}

STET_INLINE void worker_threads::run(const job& given)
{
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (size_ != 0 && waiting_ < queue_.size()) {
            queue_[(first_ + waiting_++) % queue_.size()] = given;
            news_.notify_one();
            return;
        }
    }
    given.function(given.argument);
}

STET_INLINE void worker_threads::work(void* itself)
{
    auto&                        self = *static_cast<worker_threads*>(itself);
    std::unique_lock<std::mutex> lock(self.mutex_);
    for (;;) {
        self.news_.wait(lock, [&] { return self.is_ending_ || self.waiting_ != 0; });
        if (self.waiting_ == 0)
            return;
        const job next = self.queue_[self.first_];
        self.first_ = (self.first_ + 1) % self.queue_.size();
        --self.waiting_;
        lock.unlock();
        next.function(next.argument);
        lock.lock();
    }
}

STET_INLINE void detail::pending_jobs::give(const executor& to, void (*job)(void* argument), void* argument)
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

STET_INLINE void detail::pending_jobs::add()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    ++count_;
}

STET_INLINE void detail::pending_jobs::finish()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    if (--count_ == 0)
        none_left_.notify_all(); // under the lock: the waiter may destroy this right after
}

STET_INLINE void detail::pending_jobs::wait()
{
    std::unique_lock<std::mutex> lock(mutex_);
    none_left_.wait(lock, [this] { return count_ == 0; });
}

STET_INLINE bool detail::pending_jobs::are_done()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    return count_ == 0;
}

} // namespace STET_NAMESPACE
