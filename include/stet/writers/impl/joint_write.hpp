// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_JOINT_WRITE_HPP
#define STET_WRITERS_IMPL_JOINT_WRITE_HPP

#include "../../header/header.hpp"
#include "../../vocabulary/config.hpp"
#include "../executor.hpp"
#include "shared_progress.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

class joint_write;

/// A part of a file that a thread writes: derive from it, and add `result<void> write() const`.
struct joint_share {
    joint_write* with = nullptr; ///< set before write() is called
};

/// Several threads that write one file: the calling one, and jobs of an executor.
/// lifetime: destruction stops the jobs and waits for them, also when an exception passes on the calling thread. What
///           the jobs use must therefore have been made before this
class joint_write {
public:
    /// begun: bytes that no share counts
    joint_write(const header& head, progress_callback on_progress, std::uint64_t begun) noexcept;
    joint_write(const joint_write&) = delete;
    joint_write& operator=(const joint_write&) = delete;
    ~joint_write();

    shared_progress& progress() noexcept { return progress_; }

    /// Gives a share to another thread.
    template <class Share>
    void give(const executor& jobs, Share& share)
    {
        share.with = this;
        pending_.give(jobs, run<Share>, &share);
    }

    /// Waits for all shares and tells the caller that everything is written.
    /// own:    how the calling thread's share ended
    /// errors: the first failure of all shares; cancelled
    result<void> finish(const result<void>& own);

private:
    /// noexcept: an exception must not pass an executor, which knows nothing of it.
    template <class Share>
    static void run(void* itself) noexcept
    {
        const Share& share = *static_cast<const Share*>(itself);
        joint_write& with = *share.with;
        with.progress_.end(share.write());
        with.pending_.finish();
    }

    const header*     head_;
    progress_callback on_progress_;
    shared_progress   progress_;
    pending_jobs      pending_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "joint_write.ipp"
#endif

#endif
