// SPDX-License-Identifier: MIT
#include "shared_progress.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE shared_progress::shared_progress(progress_callback to, std::uint64_t total,
                                             std::uint64_t begun) noexcept
    : to_(to), total_(total), done_(begun)
{
}

STET_INLINE bool shared_progress::part::operator()(const progress& at)
{
    const std::uint64_t more = at.bytes_done - done_;
    done_ = at.bytes_done;
    return whole_->add(more, at.tensor);
}

STET_INLINE void shared_progress::end(const result<void>& outcome)
{
    if (outcome)
        return;
    const std::lock_guard<std::mutex> guard(mutex_);
    is_stopped_ = true;
    // Threads that were stopped say that they were cancelled: what stopped them is what counts.
    if (outcome_ || outcome_.error().code == errc::cancelled)
        outcome_ = outcome;
}

STET_INLINE void shared_progress::stop()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    is_stopped_ = true;
}

STET_INLINE result<void> shared_progress::outcome()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    return outcome_;
}

STET_INLINE bool shared_progress::add(std::uint64_t more, const placed_name& tensor)
{
    const std::lock_guard<std::mutex> guard(mutex_);
    done_ += more;
    if (!is_stopped_ && to_ && !to_({.bytes_done = done_, .bytes_total = total_, .tensor = tensor}))
        is_stopped_ = true;
    return !is_stopped_;
}

} // namespace STET_NAMESPACE::detail
