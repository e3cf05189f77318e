// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_PENDING_JOBS_HPP
#define STET_WRITERS_IMPL_PENDING_JOBS_HPP

#include "../../vocabulary/config.hpp"
#include "../executor.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace STET_NAMESPACE::detail {

/// Counts jobs that were given to an executor, and waits for all of them.
class pending_jobs {
public:
    /// Gives a job to an executor; to an empty one: runs it. The job calls finish() at its end. A job that an executor
    /// refuses by an exception does not count.
    void give(const executor& to, void (*job)(void* argument), void* argument);

    /// Nothing of this object is touched by the job's thread after this.
    void finish();

    void wait();

    bool are_done();

private:
    void add();

    std::mutex              mutex_{};
    std::condition_variable none_left_{};
    std::size_t             count_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "pending_jobs.ipp"
#endif

#endif
