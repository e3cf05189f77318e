// SPDX-License-Identifier: MIT
#ifndef STET_FILE_IMPL_FILE_LOCK_HPP
#define STET_FILE_IMPL_FILE_LOCK_HPP

#include "../../vocabulary/config.hpp"
#include "../folder.hpp"

#include <string>

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
    static result<file_lock> take(const folder& in, const std::string& name, const std::string& path);

    /// Locks what bears a name, so that no other saver gives that name to another file meanwhile. Waits a moment for one
    /// that is just doing so. Holds nothing where nothing can be locked.
    /// errors: file_in_use when that goes on; the system's, with os_code ENOENT where nothing bears the name
    static result<file_lock> of_name(const folder& in, const std::string& name, const std::string& path);

    file_lock(file_lock&& other) noexcept;
    file_lock& operator=(file_lock&& other) noexcept;
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;
    ~file_lock() { release(); }

    bool is_held() const noexcept { return is_locked_; }

    /// What is known of the locked file.
    const entry_facts& facts() const noexcept { return facts_; }

    /// Lets others lock the file, which stays open until release(): no other file is taken for it until then.
    void unlock() noexcept;

    void release() noexcept;

    /// Whether the name leads to the locked file. Once it does not, it never will again: who removes or renames a part
    /// file holds its lock. It may not from the start, for a file is opened first and locked then.
    /// errors: about `path`
    result<bool> is_named(const folder& in, const std::string& name, const std::string& path) const;

private:
    file_lock(const file_system& calls, file_handle handle, const entry_facts& facts) noexcept;

    const file_system* calls_ = nullptr;
    file_handle        handle_ = no_handle;
    bool               is_locked_ = false;
    entry_facts        facts_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "file_lock.ipp"
#endif

#endif
