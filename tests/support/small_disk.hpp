// SPDX-License-Identifier: MIT
// A file system that is soon full, or read-only. Linux, and for root only.
#ifndef STET_TESTS_SUPPORT_SMALL_DISK_HPP
#define STET_TESTS_SUPPORT_SMALL_DISK_HPP

#if defined(__linux__)

#include "support/scratch_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/mount.h>

namespace support {

/// A file system in memory, mounted on the folder "disk" of a scratch directory of its own. Only this process
/// sees it, so that it goes with the process at the latest.
class small_disk {
public:
    /// options: as mount takes them, such as "size=1m"
    explicit small_disk(const char* options)
    {
        here_.make_folder("disk");
        const bool is_private =
            ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        is_mounted_ = is_private && ::mount("tmpfs", path().c_str(), "tmpfs", 0, options) == 0;
        if (!is_mounted_) {
            std::printf("SKIPPED, no small disk here: %s\n", std::strerror(errno));
            std::fflush(stdout);
        }
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk()
    {
        if (is_mounted_)
            ::umount2(path().c_str(), MNT_DETACH);
    }

    /// Whether there is one; else a line was printed that says so.
    explicit operator bool() const noexcept { return is_mounted_; }

    bool make_read_only() const
    {
        return ::mount("none", path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    }

    std::string path() const { return here_ / "disk"; }

    /// The scratch directory whose names "disk/..." lie on it.
    const scratch_directory* operator->() const noexcept { return &here_; }
    std::string operator/(std::string_view name) const { return path() + '/' + std::string(name); }

private:
    scratch_directory here_{};
    bool              is_mounted_ = false;
};

} // namespace support

#endif

#endif
