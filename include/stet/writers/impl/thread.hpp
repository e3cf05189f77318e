// SPDX-License-Identifier: MIT
// A thread of the system, without exceptions where none is to be had. Not part of stet.hpp.
#ifndef STET_WRITERS_IMPL_THREAD_HPP
#define STET_WRITERS_IMPL_THREAD_HPP

#include "../../vocabulary/config.hpp"
#if defined(_WIN32)
#include <cstdint>
#include <process.h>
#else
#include <pthread.h>
#endif

#if defined(_WIN32)
// As windows.h declares them, so that it may be included before or after.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
#endif
extern "C" {
__declspec(dllimport) int __stdcall CloseHandle(void*);
__declspec(dllimport) unsigned long __stdcall WaitForSingleObject(void*, unsigned long);
}
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#endif

namespace STET_NAMESPACE::detail {

/// A thread that is joined on destruction. What it runs must not throw, or std::terminate ends the program.
class thread {
public:
    using function = void (*)(void* argument);

    thread() noexcept = default;

    /// Starts one if the system has one left; else is_running() is false.
    thread(function run, void* argument) noexcept;
    thread(const thread&) = delete;
    thread& operator=(const thread&) = delete;
    ~thread();

    bool is_running() const noexcept;

    void join() noexcept;

private:
#if defined(_WIN32)
    static unsigned __stdcall begin(void* itself) noexcept
    {
        const auto& self = *static_cast<const thread*>(itself);
        self.run_(self.argument_);
        return 0;
    }

    std::uintptr_t handle_ = 0;
#else
    static void* begin(void* itself) noexcept
    {
        const auto& self = *static_cast<const thread*>(itself);
        self.run_(self.argument_);
        return nullptr;
    }

    pthread_t handle_{};
#endif
    function run_ = nullptr;
    void*    argument_ = nullptr;
    bool     is_running_ = false;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "thread.ipp"
#endif

#endif
