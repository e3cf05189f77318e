// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "write_queue.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE write_queue::write_queue(const file_system& calls, const queue_workers& workers) noexcept
    : calls_(&calls), jobs_(workers.jobs),
      ring_(workers.kernel && calls.write_at == native_file_system().write_at ? most : 0)
{
    for (slot& each : slots_)
        each.owner = this;
    if (!ring_.is_open() && !jobs_)
        jobs_ = threads_.emplace(workers.threads).jobs();
}

STET_INLINE write_queue::~write_queue()
{
    while (under_way_ != 0)
        static_cast<void>(wait());
}

STET_INLINE void write_queue::begin(const positional_write& wanted)
{
    STET_ASSERT(under_way_ < most, "stet: the write_queue is full");
    slot& taken = free_slot();
    taken.of = wanted;
    const auto index = static_cast<std::uint64_t>(&taken - slots_.data());
    if (ring_.is_open() &&
        ring_.submit(wanted.file, wanted.offset, wanted.data, wanted.size, index).error == 0)
    {
        taken.state = stage::under_way;
        ++under_way_;
        ++in_ring_;
        return;
    }
    struct undone { // unless the executor takes the job
        slot*     taken;
        unsigned* count;

        ~undone()
        {
            if (taken == nullptr)
                return;
            taken->state = stage::none;
            --*count;
        }
    } guard{&taken, &under_way_};
    taken.state = stage::under_way; // before the job, which ends it
    ++under_way_;
    if (jobs_)
        jobs_.run(jobs_.context, run, &taken);
    else
        run(&taken);
    guard.taken = nullptr;
}

STET_INLINE ended_write write_queue::wait()
{
    STET_ASSERT(under_way_ != 0, "stet: no write is under way");
    slot& ended = in_ring_ == under_way_ ? ended_in_ring() : ended_job();
    ended.state = stage::none;
    --under_way_;
    return {.of = ended.of, .outcome = ended.outcome};
}

STET_INLINE write_queue::slot& write_queue::free_slot()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    std::size_t                       i = 0;
    while (slots_[i].state != stage::none)
        ++i;
    return slots_[i];
}

STET_INLINE write_queue::slot& write_queue::ended_in_ring() noexcept
{
    std::uint64_t   index = 0;
    const os_result outcome = ring_.wait(index);
    --in_ring_;
    slot& ended = slots_[memory_size(index)];
    ended.outcome = outcome;
    return ended;
}

STET_INLINE write_queue::slot& write_queue::ended_job()
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

STET_INLINE void write_queue::run(void* itself) noexcept
{
    slot&              own = *static_cast<slot*>(itself);
    write_queue&       owner = *own.owner;
    const file_system& calls = *owner.calls_;
    const auto         outcome = retried(
        [&] { return calls.write_at(calls.context, own.of.file, own.of.offset, own.of.data, own.of.size); });
    const std::lock_guard<std::mutex> guard(owner.mutex_);
    own.outcome = outcome;
    own.state = stage::ended;
    owner.one_ended_.notify_one(); // under the lock: the queue may be gone right after
}

} // namespace STET_NAMESPACE::detail
