// SPDX-License-Identifier: MIT
// What Windows reports, in the terms of file_system. No system is asked.
#ifndef STET_FILE_IMPL_WINDOWS_ERRORS_HPP
#define STET_FILE_IMPL_WINDOWS_ERRORS_HPP

#include "../../vocabulary/config.hpp"

#include <cerrno>

namespace STET_NAMESPACE::detail {

namespace windows {

/// What an error code of the system is called among errnos. The C runtime's own table is coarser.
constexpr int errno_of(unsigned long code) noexcept
{
    switch (code) {
    case 1: // the driver does not have the call
    case 50:
        return ENOTSUP;
    case 2: // file
    case 3: // folder
    case 15:
        return ENOENT; // drive
    case 4:
        return EMFILE;
    case 5:    // also: the name of a file that is open is to be given to another
    case 32:   // open elsewhere
    case 33:   // locked
    case 303:  // being deleted
    case 1224: // mapped into memory
    case 1920:
        return EACCES;
    case 6:
        return EBADF;
    case 8:
    case 14:
    case 1450:
        return ENOMEM;
    case 17:
        return EXDEV;
    case 19:
        return EROFS;
    case 39:
    case 112:
    case 1295:
        return ENOSPC; // quota
    case 80:           // file
    case 183:
        return EEXIST; // anything
    case 87:
    case 123:
        return EINVAL; // no name
    case 111:
    case 206:
        return ENAMETOOLONG;
    case 223:
        return EFBIG;
    case 267:
        return ENOTDIR;
    case 1314:
        return EPERM;
    case 1921:
        return ELOOP;
    default:
        return EIO; // a missing server, too: as ENOENT it would have its folders created on this machine
    }
}

} // namespace windows

} // namespace STET_NAMESPACE::detail

#endif
