// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "joint_read.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE joint_read::~joint_read()
{
    next_.store(steps_->requests(), std::memory_order_relaxed);
    pending_.wait();
}

STET_INLINE void joint_read::give(const executor& jobs, share& to)
{
    to.with = this;
    pending_.give(jobs, run, &to);
}

STET_INLINE void joint_read::run(void* itself) noexcept
{
    const share& own = *static_cast<const share*>(itself);
    joint_read&  with = *own.with;
    with.read(own.staging);
    with.pending_.finish();
}

STET_INLINE result<void> joint_read::finish(const share& own)
{
    read(own.staging);
    pending_.wait();
    return failure_ ? result<void>(*failure_) : result<void>();
}

STET_INLINE void joint_read::read(std::span<std::byte> staging)
{
    for (;;) {
        const std::size_t request = next_.fetch_add(1, std::memory_order_relaxed);
        if (request >= steps_->requests())
            return;
        if (auto done = read_request(request, staging); !done)
            fail(request, done.error());
    }
}

STET_INLINE result<void> joint_read::read_request(std::size_t request, std::span<std::byte> staging)
{
    const read_plans::request& of = steps_->request(request);
    for (std::size_t i = 0; i < of.pieces;) {
        const read_step step = steps_->next(of, i);
        const auto into = step.is_direct ? steps_->destination(step) : staging.first(memory_size(step.size));
        if (auto done = source_.read(step.offset, into); !done)
            return steps_->about(step, done.error());
        if (!step.is_direct)
            steps_->deliver(step, into);
        i += step.pieces;
    }
    return {};
}

STET_INLINE void joint_read::fail(std::size_t request, const error& e)
{
    const std::lock_guard<std::mutex> guard(mutex_);
    next_.store(steps_->requests(), std::memory_order_relaxed);
    if (!failure_ || request < failed_) {
        failure_ = e;
        failed_ = request;
    }
}

} // namespace STET_NAMESPACE::detail
