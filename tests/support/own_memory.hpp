// SPDX-License-Identifier: MIT
// How much memory a piece of work takes besides the files that it maps. Linux tells, and holds a process to a limit;
// sanitizers take memory of their own, so only optimised builds without one ask.
#ifndef STET_TESTS_SUPPORT_OWN_MEMORY_HPP
#define STET_TESTS_SUPPORT_OWN_MEMORY_HPP

#include <stet/sink/sink.hpp>
#include <stet/vocabulary/borrowed.hpp>
#include <stet/vocabulary/result.hpp>

#include <cstddef>
#include <cstdint>

#if defined(__linux__) && defined(__OPTIMIZE__)
#define SUPPORT_LIMITS_MEMORY
#endif
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#undef SUPPORT_LIMITS_MEMORY
#endif
#endif

#ifdef SUPPORT_LIMITS_MEMORY
#include "child_process.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <initializer_list>
#include <string>
#include <sys/resource.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#endif

namespace support {

inline constexpr std::size_t mib = std::size_t{1} << 20U;

/// Counts what comes and keeps nothing.
struct counting_sink {
    std::uint64_t bytes = 0;

    stet::result<void> write(stet::bytes data)
    {
        bytes += data.size();
        return {};
    }
};

#ifdef SUPPORT_LIMITS_MEMORY

/// Bytes of this process's memory that belong to no file, touched or not; its stacks do not count.
inline std::size_t own_memory()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::size_t kib = 0;
        if (word == "VmData:" && status >> kib)
            return kib * 1024;
    }
    return 0;
}

/// Runs `body` in a child that gets `most` bytes beyond those it has; what it maps of files does not count.
/// body: callable, returns int from 0 to 127; without the test framework's macros
/// Returns what `body` returned, or minus the signal that ended the child.
template <class Body>
int in_memory_of(std::size_t most, Body body)
{
    return in_child([&] {
#if defined(__GLIBC__)
        ::malloc_trim(0); // what was freed before would not count
#endif
        const rlim_t all = own_memory() + most;
        const rlimit limit{.rlim_cur = all, .rlim_max = all};
        return ::setrlimit(RLIMIT_DATA, &limit) == 0 ? body() : 127;
    });
}

/// Whether this system holds a child to such a limit: not every one that calls itself Linux does.
inline bool limits_memory()
{
    return in_memory_of(64 * mib,
                        [] { return stet::heap().allocate(nullptr, 65 * mib, 16) == nullptr ? 0 : 1; }) == 0;
}

/// Skips the test where the system sets no such limit; else each of the bodies must return 0 in `most` bytes of its own.
template <class... Bodies>
void check_in_memory_of(std::size_t most, const Bodies&... bodies)
{
    if (!limits_memory())
        SKIP("the system holds no process to a limit of its memory");
    for (const int outcome : {in_memory_of(most, bodies)...})
        CHECK(outcome == 0);
}

#endif

} // namespace support

#endif
