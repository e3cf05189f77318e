// SPDX-License-Identifier: MIT
// A file system laid over another, as containers have it. Linux, and for root only.
#ifndef STET_TESTS_SUPPORT_OVERLAY_DISK_HPP
#define STET_TESTS_SUPPORT_OVERLAY_DISK_HPP

#if defined(__linux__)

#include "support/private_mount.hpp"
#include "support/scratch_directory.hpp"

#include <string>
#include <sys/mount.h>

namespace support {

/// An overlay mounted on the folder "disk" of a scratch directory of its own. Only this process and its children see
/// it, so that it goes with them at the latest.
class overlay_disk {
public:
    overlay_disk() : mount_(here_ / "disk", "overlay", folders_in(here_)) {}

    /// Whether there is one; else a line was printed that says so.
    explicit operator bool() const noexcept { return static_cast<bool>(mount_); }

    const std::string& path() const noexcept { return mount_.path(); }

private:
    /// Makes the folders an overlay needs.
    static std::string folders_in(const scratch_directory& here)
    {
        for (const char* const name : {"lower", "upper", "work", "disk"})
            here.make_folder(name);
        return "lowerdir=" + here / "lower" + ",upperdir=" + here / "upper" + ",workdir=" + here / "work";
    }

    scratch_directory here_{};
    private_mount     mount_;
};

} // namespace support

#endif

#endif
