// SPDX-License-Identifier: MIT
#ifndef STET_FILE_IMPL_FILE_LOCK_HPP
#define STET_FILE_IMPL_FILE_LOCK_HPP

#include "../folder.hpp"

#include <cerrno>
#include <string>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Whether two entries are one, as far as the system tells.
constexpr bool is_same_entry(const entry_facts& one, const entry_facts& other) noexcept
{
    return one.index == 0 || other.index == 0 || (one.device == other.device && one.index == other.index);
}

/// Tells every other process that a file is being taken care of, until destruction or the process' end, however it
/// ends. It hinders nobody who does not ask for the lock. May hold nothing.
/// lifetime: borrows the file system
class file_lock {
public:
    file_lock() noexcept = default;

    /// Locks a file, at once or not at all.
    /// path:   what errors speak of
    /// errors: file_in_use when another has it locked; the system's, with os_code ENOTSUP where nothing can be locked
    static result<file_lock> take(const folder& in, const std::string& name, const std::string& path)
    {
        const file_system& calls = in.calls();
        if (calls.lock_file == nullptr)
            return os_error(ENOTSUP, path);
        entry_facts facts;
        const auto  locked =
            retried([&] { return calls.lock_file(calls.context, in.handle(), name.c_str(), facts); });
        if (locked.error != 0)
            return os_error(locked.error, path);
        return file_lock(calls, static_cast<file_handle>(locked.value), facts);
    }

    file_lock(file_lock&& other) noexcept
        : calls_(other.calls_), handle_(std::exchange(other.handle_, no_handle)), facts_(other.facts_)
    {
    }
    file_lock& operator=(file_lock&& other) noexcept
    {
        std::swap(calls_, other.calls_);
        std::swap(handle_, other.handle_);
        std::swap(facts_, other.facts_);
        return *this;
    }
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;
    ~file_lock() { release(); }

    bool is_held() const noexcept { return handle_ != no_handle; }

    /// What is known of the locked file.
    const entry_facts& facts() const noexcept { return facts_; }

    void release() noexcept
    {
        if (is_held())
            calls_->close(calls_->context, std::exchange(handle_, no_handle));
    }

    /// Whether the name leads to the locked file. Once it does not, it never will again: who removes or renames a part
    /// file holds its lock. It may not from the start, for a file is opened first and locked then.
    /// errors: about `path`
    result<bool> is_named(const folder& in, const std::string& name, const std::string& path) const
    {
        entry_facts named;
        const auto  found = in.inspect(name, links::refuse, named);
        if (found.error == ENOENT)
            return false;
        if (found.error != 0)
            return os_error(found.error, path);
        return named.kind == facts_.kind && is_same_entry(named, facts_);
    }

private:
    file_lock(const file_system& calls, file_handle handle, const entry_facts& facts) noexcept
        : calls_(&calls), handle_(handle), facts_(facts)
    {
    }

    const file_system* calls_ = nullptr;
    file_handle        handle_ = no_handle;
    entry_facts        facts_{};
};

} // namespace STET_NAMESPACE::detail

#endif
