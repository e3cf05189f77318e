// SPDX-License-Identifier: MIT
// A file system mounted for one process. Linux, and for root only.
#ifndef STET_TESTS_SUPPORT_PRIVATE_MOUNT_HPP
#define STET_TESTS_SUPPORT_PRIVATE_MOUNT_HPP

#if defined(__linux__)

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <utility>

namespace support {

/// Only this process and its children see it, so that it goes with them at the latest.
class private_mount {
public:
    /// type: as mount takes it, and options; what there is not is told by a line that names the type
    private_mount(std::string path, const char* type, const std::string& options) : path_(std::move(path))
    {
        const bool is_private =
            ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        is_mounted_ = is_private && ::mount(type, path_.c_str(), type, 0, options.c_str()) == 0;
        if (!is_mounted_) {
            std::printf("SKIPPED, no %s here: %s\n", type, std::strerror(errno));
            std::fflush(stdout);
        }
    }
    private_mount(const private_mount&) = delete;
    private_mount& operator=(const private_mount&) = delete;
    ~private_mount()
    {
        if (is_mounted_)
            ::umount2(path_.c_str(), MNT_DETACH);
    }

    explicit operator bool() const noexcept { return is_mounted_; }

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    bool        is_mounted_ = false;
};

} // namespace support

#endif

#endif
