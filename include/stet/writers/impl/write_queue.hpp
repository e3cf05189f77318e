// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_WRITE_QUEUE_HPP
#define STET_WRITERS_IMPL_WRITE_QUEUE_HPP

#include "../../file/folder.hpp"
#include "io_uring.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../executor.hpp"
#include "../worker_threads.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace STET_NAMESPACE::detail {

/// A write at a position of a file.
struct positional_write {
    file_handle   file = no_handle;
    std::uint64_t offset = 0;
    const void*   data = nullptr;
    std::size_t   size = 0;
    unsigned      tag = 0; ///< the caller's
};

/// A write that has ended, and what the system said of it.
struct ended_write {
    positional_write of{};
    os_result        outcome{};
};

/// Who makes the writes of a write_queue.
struct queue_workers {
    bool kernel =
        false;       ///< the kernel's own queue, where there is one and the calls are the system's; if not:
    executor jobs{}; ///< the caller's executor, unless it is empty; if it is:
    unsigned threads = 1; ///< threads of the queue's own
};

/// Several positional writes under way at once. Used by one thread.
/// lifetime: borrows the calls; destruction waits for what is under way
class write_queue {
public:
    static constexpr unsigned most = 32;

    write_queue(const file_system& calls, const queue_workers& workers) noexcept
        : calls_(&calls), jobs_(workers.jobs),
          ring_(workers.kernel && calls.write_at == native_calls.write_at ? most : 0)
    {
        for (slot& each : slots_)
            each.owner = this;
        if (!ring_.is_open() && !jobs_)
            jobs_ = threads_.emplace(workers.threads).jobs();
    }
    write_queue(const write_queue&) = delete;
    write_queue& operator=(const write_queue&) = delete;
    ~write_queue()
    {
        while (under_way_ != 0)
            static_cast<void>(wait());
    }

    /// Whether the kernel's queue is in use.
    bool is_in_kernel() const noexcept { return ring_.is_open(); }

    unsigned under_way() const noexcept { return under_way_; }

    /// Begins a write; at most `most` are under way. Its memory must stay until wait() has given it back.
    void begin(const positional_write& wanted)
    {
        STET_ASSERT(under_way_ < most, "stet: the write_queue is full");
        slot& taken = free_slot();
        taken.of = wanted;
        taken.state = stage::under_way;
        ++under_way_;
        const auto index = static_cast<std::uint64_t>(&taken - slots_.data());
        if (ring_.is_open() &&
            ring_.submit(wanted.file, wanted.offset, wanted.data, wanted.size, index).error == 0) {
            ++in_ring_;
            return;
        }
        if (jobs_)
            jobs_.run(jobs_.context, run, &taken);
        else
            run(&taken);
    }

    /// Waits for any of the writes to end. Call it only when some are under way.
    ended_write wait()
    {
        STET_ASSERT(under_way_ != 0, "stet: no write is under way");
        slot& ended = in_ring_ == under_way_ ? ended_in_ring() : ended_job();
        ended.state = stage::none;
        --under_way_;
        return {.of = ended.of, .outcome = ended.outcome};
    }

private:
    enum class stage : std::uint8_t { none, under_way, ended };

    struct slot {
        positional_write of{};
        os_result        outcome{};
        stage            state = stage::none;
        write_queue*     owner = nullptr;
    };

    slot& free_slot()
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        std::size_t                       i = 0;
        while (slots_[i].state != stage::none)
            ++i;
        return slots_[i];
    }

    slot& ended_in_ring() noexcept
    {
        std::uint64_t   index = 0;
        const os_result outcome = ring_.wait(index);
        --in_ring_;
        slot& ended = slots_[memory_size(index)];
        ended.outcome = outcome;
        return ended;
    }

    slot& ended_job()
    {
        std::unique_lock<std::mutex> lock(mutex_);
        slot*                        found = nullptr;
        one_ended_.wait(lock, [&] {
            for (slot& each : slots_)
                found = each.state == stage::ended ? &each : found;
            return found != nullptr;
        });
        return *found;
    }

    static void run(void* itself)
    {
        slot&                             own = *static_cast<slot*>(itself);
        write_queue&                      owner = *own.owner;
        const file_system&                calls = *owner.calls_;
        const auto                        outcome = retried([&] {
            return calls.write_at(calls.context, own.of.file, own.of.offset, own.of.data, own.of.size);
        });
        const std::lock_guard<std::mutex> guard(owner.mutex_);
        own.outcome = outcome;
        own.state = stage::ended;
        owner.one_ended_.notify_one(); // under the lock: the queue may be gone right after
    }

    const file_system*            calls_;
    executor                      jobs_;
    io_uring                      ring_;
    std::array<slot, most>        slots_{};
    unsigned                      under_way_ = 0;
    unsigned                      in_ring_ = 0;
    std::mutex                    mutex_{};
    std::condition_variable       one_ended_{};
    std::optional<worker_threads> threads_{};
};

} // namespace STET_NAMESPACE::detail

#endif
