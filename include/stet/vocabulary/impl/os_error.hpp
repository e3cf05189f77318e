// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_OS_ERROR_HPP
#define STET_VOCABULARY_IMPL_OS_ERROR_HPP

#include "../error.hpp"

#include <cerrno>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What an errno means for a save.
constexpr errc errc_of(int os_code) noexcept
{
    switch (os_code) {
    case ENOENT:
    case ENOTDIR:
        return errc::folder_missing;
    case EEXIST:
        return errc::name_taken;
    case EACCES:
    case EPERM:
        return errc::permission_denied;
    case EBUSY:
        return errc::file_in_use;
    case EROFS:
        return errc::read_only_file_system;
    case ENOSPC:
#if defined(EDQUOT)
    case EDQUOT:
#endif
        return errc::disk_full;
    case EFBIG:
        return errc::file_too_large;
    case ENAMETOOLONG:
        return errc::file_name_too_long;
    case EMFILE:
    case ENFILE:
        return errc::too_many_open_files;
    case ELOOP:
        return errc::too_many_links;
    case EISDIR:
    case ENXIO: // a socket
        return errc::not_a_regular_file;
    case ENOMEM:
        return errc::out_of_memory;
    default:
        return errc::io_failure;
    }
}

/// Whether a call failed only because the system or the file system does not have it.
constexpr bool is_not_offered(int os_code) noexcept
{
    switch (os_code) {
    case ENOSYS:
    case EINVAL:
    case ENOTSUP:
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP:
#endif
        return true;
    default:
        return false;
    }
}

/// A failed call as an error about a path.
constexpr error os_error(int os_code, system_step step, std::string_view path) noexcept
{
    return error{.code = errc_of(os_code), .step = step, .os_code = os_code}.about(path);
}

} // namespace STET_NAMESPACE::detail

#endif
