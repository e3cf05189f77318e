// SPDX-License-Identifier: MIT
// A thread of the system, without exceptions where none is to be had. Not part of stet.hpp.
#ifndef STET_WRITERS_IMPL_THREAD_HPP
#define STET_WRITERS_IMPL_THREAD_HPP

#if defined(_WIN32)
#include "../../file/impl/windows_calls.hpp"

#include <cstdint>
#include <process.h>
#else
#include <pthread.h>
#endif

#include <utility>

namespace STET_NAMESPACE::detail {

#if defined(_WIN32)
namespace windows {

extern "C" {
__declspec(dllimport) unsigned long __stdcall WaitForSingleObject(void*, unsigned long);
}

} // namespace windows
#endif

/// A thread that is joined on destruction.
class thread {
public:
    using function = void (*)(void* argument);

    thread() noexcept = default;

    /// Starts one if the system has one left; else is_running() is false.
    thread(function run, void* argument) noexcept : run_(run), argument_(argument)
    {
#if defined(_WIN32)
        handle_ = ::_beginthreadex(nullptr, 0, begin, this, 0, nullptr);
        is_running_ = handle_ != 0;
#else
        is_running_ = ::pthread_create(&handle_, nullptr, begin, this) == 0;
#endif
    }
    thread(const thread&) = delete;
    thread& operator=(const thread&) = delete;
    ~thread()
    {
        join();
    }

    bool is_running() const noexcept
    {
        return is_running_;
    }

    void join() noexcept
    {
        if (!std::exchange(is_running_, false))
            return;
#if defined(_WIN32)
        void* const handle = reinterpret_cast<void*>(handle_);
        detail::windows::WaitForSingleObject(handle, 0xFFFFFFFFUL);
        ::CloseHandle(handle);
#else
        static_cast<void>(::pthread_join(handle_, nullptr));
#endif
    }

private:
#if defined(_WIN32)
    static unsigned __stdcall begin(void* itself)
    {
        const auto& self = *static_cast<const thread*>(itself);
        self.run_(self.argument_);
        return 0;
    }

    std::uintptr_t handle_ = 0;
#else
    static void* begin(void* itself)
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

#endif
