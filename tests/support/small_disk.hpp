// SPDX-License-Identifier: MIT
// A file system that is soon full, or read-only. Linux, and for root only.
#ifndef STET_TESTS_SUPPORT_SMALL_DISK_HPP
#define STET_TESTS_SUPPORT_SMALL_DISK_HPP

#if defined(__linux__)

#include "support/private_mount.hpp"
#include "support/scratch_directory.hpp"

#include <string>
#include <string_view>
#include <sys/mount.h>

namespace support {

/// A file system in memory, mounted on the folder "disk" of a scratch directory of its own. Only this process
/// sees it, so that it goes with the process at the latest.
class small_disk {
public:
    /// options: as mount takes them, such as "size=1m"
    explicit small_disk(const char* options) : mount_(folder_in(here_), "tmpfs", options) {}

    /// Whether there is one; else a line was printed that says so.
    explicit operator bool() const noexcept { return static_cast<bool>(mount_); }

    bool make_read_only() const
    {
        return ::mount("none", path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    }

    const std::string& path() const noexcept { return mount_.path(); }

    /// The scratch directory whose names "disk/..." lie on it.
    const scratch_directory* operator->() const noexcept { return &here_; }
    std::string operator/(std::string_view name) const { return path() + '/' + std::string(name); }

private:
    static std::string folder_in(const scratch_directory& here)
    {
        here.make_folder("disk");
        return here / "disk";
    }

    scratch_directory here_{};
    private_mount     mount_;
};

} // namespace support

#endif

#endif
