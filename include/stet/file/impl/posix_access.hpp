// SPDX-License-Identifier: MIT
// Who may do what with a file: mode, owner, access list. Elsewhere this header is empty.
#ifndef STET_FILE_IMPL_POSIX_ACCESS_HPP
#define STET_FILE_IMPL_POSIX_ACCESS_HPP

#include "../file_system.hpp"

#if !defined(_WIN32)

#include "posix_calls.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/xattr.h>
#endif

namespace STET_NAMESPACE::detail {

namespace posix {

inline os_result set_mode(void*, file_handle file, std::uint32_t mode)
{
    return checked(::fchmod(descriptor(file), converted<mode_t>(mode)));
}

#if defined(__wasi__) // whose files have no owner

inline constexpr decltype(file_system::set_owner) set_owner = nullptr;
inline constexpr decltype(file_system::user)      user = nullptr;

#else

inline os_result set_owner(void*, file_handle file, std::uint32_t owner, std::uint32_t group)
{
    return checked(::fchown(descriptor(file), converted<uid_t>(owner), converted<gid_t>(group)));
}

inline os_result user(void*)
{
    return {.value = std::int64_t{::geteuid()}, .error = 0};
}

#endif

#if defined(__linux__)

inline constexpr const char* acl_attribute = "system.posix_acl_access";

/// What is not there, or nowhere in the file system, is no list.
inline os_result without_missing(os_result returned) noexcept
{
    const bool has_none = returned.error == ENODATA || is_not_offered(returned.error);
    return has_none ? os_result{} : returned;
}

/// A file that may not be read has its list read through the name its folder has below /proc.
inline os_result read_acl_by_path(file_handle folder, const char* name, void* buffer, std::size_t capacity)
{
    std::array<char, 300> path{};
    const int             length =
        std::snprintf(path.data(), path.size(), "/proc/self/fd/%d/%s", descriptor(folder), name);
    if (length < 0 || static_cast<std::size_t>(length) >= path.size())
        return {.value = -1, .error = ENAMETOOLONG};
    return checked(::lgetxattr(path.data(), acl_attribute, buffer, capacity));
}

inline os_result read_acl(void*, file_handle folder, const char* name, void* buffer, std::size_t capacity)
{
    const int opened = ::openat(descriptor(folder), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0 && errno != EACCES && errno != EPERM)
        return checked(opened);
    const os_result read = opened < 0 ? read_acl_by_path(folder, name, buffer, capacity)
                                      : checked(::fgetxattr(opened, acl_attribute, buffer, capacity));
    if (opened >= 0)
        ::close(opened);
    return without_missing(read);
}

inline os_result write_acl(void*, file_handle file, const void* list, std::size_t size)
{
    const int own = descriptor(file);
    return size != 0 ? checked(::fsetxattr(own, acl_attribute, list, size, 0))
                     : without_missing(checked(::fremovexattr(own, acl_attribute)));
}

#endif

} // namespace posix

} // namespace STET_NAMESPACE::detail

#endif

#endif
