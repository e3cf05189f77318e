// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_EXECUTOR_HPP
#define STET_WRITERS_EXECUTOR_HPP

#include "../vocabulary/config.hpp"

namespace STET_NAMESPACE {

/// Runs jobs on other threads: the host's job system, or worker_threads. Plain data.
/// run: runs job(argument) now or later, on any thread. Every job must run some time, even while the thread that gave
///      it waits for it. The library calls run on the thread that saves. It may throw there, and has not taken the job
///      then; no job of the library throws
struct executor {
    void* context = nullptr;
    void (*run)(void* context, void (*job)(void* argument), void* argument) = nullptr;

    constexpr explicit operator bool() const noexcept { return run != nullptr; }
};

} // namespace STET_NAMESPACE

#endif
