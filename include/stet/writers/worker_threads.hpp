// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_WORKER_THREADS_HPP
#define STET_WRITERS_WORKER_THREADS_HPP

#include "impl/thread.hpp"
#include "executor.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace STET_NAMESPACE {

/// Threads of its own as an executor, for programs without a job system. Jobs that are given when the threads have
/// enough to do already, or when the system has no thread left, run at once on the thread that gives them.
/// lifetime: destruction waits until every job has run
class worker_threads {
public:
    static constexpr unsigned most = 64;

    explicit worker_threads(unsigned count) noexcept
    {
        const unsigned wanted = count < most ? count : most;
        while (size_ < wanted && threads_[size_].emplace(work, this).is_running())
            ++size_;
    }
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;
    ~worker_threads()
    {
        {
            const std::lock_guard<std::mutex> guard(mutex_);
            is_ending_ = true;
        }
        news_.notify_all();
        for (auto& running : threads_)
            running.reset(); // joins
    }

    /// How many threads there are: fewer than asked for when the system had no more.
    unsigned size() const noexcept { return size_; }

    executor jobs() noexcept
    {
        return {.context = this, .run = [](void* self, void (*function)(void*), void* argument) {
                    static_cast<worker_threads*>(self)->run({.function = function, .argument = argument});
                }};
    }

private:
    struct job {
        void (*function)(void*);
        void* argument;
    };

    void run(const job& given)
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

    static void work(void* itself)
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

    std::mutex                              mutex_{};
    std::condition_variable                 news_{};
    std::array<job, 256>                    queue_{};
    std::size_t                             first_ = 0;
    std::size_t                             waiting_ = 0;
    bool                                    is_ending_ = false;
    unsigned                                size_ = 0;
    std::array<std::optional<detail::thread>, most> threads_{};
};

} // namespace STET_NAMESPACE

#endif
