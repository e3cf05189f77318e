// SPDX-License-Identifier: MIT
#include "file_lock.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<file_lock> file_lock::take(const folder& in, const std::string& name,
                                              const std::string& path)
{
    const file_system& calls = in.calls();
    if (calls.lock_file == nullptr)
        return os_error(ENOTSUP, system_step::lock, path);
    entry_facts facts;
    const auto  locked =
        retried([&] { return calls.lock_file(calls.context, in.handle(), name.c_str(), facts); });
    if (locked.error != 0)
        return os_error(locked.error, system_step::lock, path);
    return file_lock(calls, static_cast<file_handle>(locked.value), facts);
}

STET_INLINE result<file_lock> file_lock::of_name(const folder& in, const std::string& name,
                                                 const std::string& path)
{
    constexpr int most_tries = 2000; // some milliseconds, for what takes another saver two calls
    for (int tries = 0; tries < most_tries; ++tries) {
        auto      lock = take(in, name, path);
        const int os_code = lock ? 0 : lock.error().os_code;
        if (os_code == ENOENT)
            return lock;
        if (os_code == EBUSY)
            continue;
        if (os_code != 0)
            return file_lock();
        const auto named = lock->is_named(in, name, path);
        if (!named)
            return named.error();
        if (*named)
            return lock;
    }
    return os_error(EBUSY, system_step::lock, path);
}

STET_INLINE file_lock::file_lock(file_lock&& other) noexcept
    : calls_(other.calls_), handle_(std::exchange(other.handle_, no_handle)),
      is_locked_(std::exchange(other.is_locked_, false)), facts_(other.facts_)
{
}

STET_INLINE file_lock& file_lock::operator=(file_lock&& other) noexcept
{
    std::swap(calls_, other.calls_);
    std::swap(handle_, other.handle_);
    std::swap(is_locked_, other.is_locked_);
    std::swap(facts_, other.facts_);
    return *this;
}

STET_INLINE void file_lock::unlock() noexcept
{
    if (!is_locked_)
        return;
    // What fails here is made up for by closing, unless a forked process has the handle, too.
    if (calls_->unlock_file == nullptr)
        return release();
    calls_->unlock_file(calls_->context, handle_);
    is_locked_ = false;
}

STET_INLINE void file_lock::release() noexcept
{
    if (is_locked_ && calls_->unlock_file != nullptr)
        calls_->unlock_file(calls_->context, handle_);
    is_locked_ = false;
    if (handle_ != no_handle)
        calls_->close(calls_->context, std::exchange(handle_, no_handle));
}

STET_INLINE result<bool> file_lock::is_named(const folder& in, const std::string& name,
                                             const std::string& path) const
{
    entry_facts named;
    const auto  found = in.inspect(name, links::refuse, named);
    if (found.error == ENOENT)
        return false;
    if (found.error != 0)
        return os_error(found.error, system_step::inspect, path);
    return named.kind == facts_.kind && is_same_entry(named, facts_);
}

STET_INLINE file_lock::file_lock(const file_system& calls, file_handle handle,
                                 const entry_facts& facts) noexcept
    : calls_(&calls), handle_(handle), is_locked_(true), facts_(facts)
{
}

} // namespace STET_NAMESPACE::detail
