// SPDX-License-Identifier: MIT
#include "thread.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE thread::thread(function run, void* argument) noexcept : run_(run), argument_(argument)
{
#if defined(_WIN32)
    handle_ = ::_beginthreadex(nullptr, 0, begin, this, 0, nullptr);
    is_running_ = handle_ != 0;
#else
    is_running_ = ::pthread_create(&handle_, nullptr, begin, this) == 0;
#endif
}

STET_INLINE thread::~thread()
{
    join();
}

STET_INLINE bool thread::is_running() const noexcept
{
    return is_running_;
}

STET_INLINE void thread::join() noexcept
{
    if (!std::exchange(is_running_, false))
        return;
#if defined(_WIN32)
    void* const handle = reinterpret_cast<void*>(handle_);
    ::WaitForSingleObject(handle, 0xFFFFFFFFUL);
    ::CloseHandle(handle);
#else
    static_cast<void>(::pthread_join(handle_, nullptr));
#endif
}

} // namespace STET_NAMESPACE::detail
