// SPDX-License-Identifier: MIT
#ifndef STET_READ_PLANS_IMPL_JOINT_READ_HPP
#define STET_READ_PLANS_IMPL_JOINT_READ_HPP

#include "../../read/byte_source.hpp"
#include "../../vocabulary/config.hpp"
#include "../../writers/executor.hpp"
#include "read_steps.hpp"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>

namespace STET_NAMESPACE::detail {

/// Several threads that read one plan: the calling one, and jobs of an executor.
/// lifetime: destruction stops the jobs and waits for them, also when an exception passes on the calling thread
class joint_read {
public:
    joint_read(const read_steps& steps, source_ref source) noexcept : steps_(&steps), source_(source) {}
    joint_read(const joint_read&) = delete;
    joint_read& operator=(const joint_read&) = delete;
    ~joint_read();

    /// What one thread works with.
    struct share {
        joint_read*          with = nullptr;
        std::span<std::byte> staging{};
    };

    /// Gives a share to another thread. lifetime: the share must stay where it is
    void give(const executor& jobs, share& to);

    /// Reads with the calling thread, too, and waits for all others.
    /// errors: that of the lowest request that failed
    result<void> finish(const share& own);

private:
    /// noexcept: an exception must not pass an executor, which knows nothing of it.
    static void run(void* itself) noexcept;

    /// Reads requests until there are none.
    void read(std::span<std::byte> staging);

    result<void> read_request(std::size_t request, std::span<std::byte> staging);

    void fail(std::size_t request, const error& e);

    const read_steps*        steps_;
    source_ref               source_;
    std::atomic<std::size_t> next_ = 0;
    std::mutex               mutex_{};
    std::optional<error>     failure_{};
    std::size_t              failed_ = 0;
    pending_jobs             pending_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "joint_read.ipp"
#endif

#endif
