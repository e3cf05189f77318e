// SPDX-License-Identifier: MIT
// A file system laid over another, as containers have it. Linux, and for root only.
#ifndef STET_TESTS_SUPPORT_OVERLAY_DISK_HPP
#define STET_TESTS_SUPPORT_OVERLAY_DISK_HPP

#if defined(__linux__)

#include "support/scratch_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sched.h>
#include <string>
#include <sys/mount.h>

namespace support {

/// An overlay mounted on the folder "disk" of a scratch directory of its own. Only this process and its children see
/// it, so that it goes with them at the latest.
class overlay_disk {
public:
    overlay_disk()
    {
        for (const char* const name : {"lower", "upper", "work", "disk"})
            here_.make_folder(name);
        const std::string options =
            "lowerdir=" + here_ / "lower" + ",upperdir=" + here_ / "upper" + ",workdir=" + here_ / "work";
        const bool is_private =
            ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        is_mounted_ = is_private && ::mount("overlay", path().c_str(), "overlay", 0, options.c_str()) == 0;
        if (!is_mounted_) {
            std::printf("SKIPPED, no overlay here: %s\n", std::strerror(errno));
            std::fflush(stdout);
        }
    }
    overlay_disk(const overlay_disk&) = delete;
    overlay_disk& operator=(const overlay_disk&) = delete;
    ~overlay_disk()
    {
        if (is_mounted_)
            ::umount2(path().c_str(), MNT_DETACH);
    }

    /// Whether there is one; else a line was printed that says so.
    explicit operator bool() const noexcept { return is_mounted_; }

    std::string path() const { return here_ / "disk"; }

private:
    scratch_directory here_{};
    bool              is_mounted_ = false;
};

} // namespace support

#endif

#endif
