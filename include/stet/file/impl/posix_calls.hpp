// SPDX-License-Identifier: MIT
// The POSIX calls that speak of sizes, places and inodes, always in 64 bits: on 32-bit machines the C library's plain ones
// fail for a file above 2 GiB, and for a folder of a large disk. And what every call needs besides. Elsewhere this header is
// empty.
#ifndef STET_FILE_IMPL_POSIX_CALLS_HPP
#define STET_FILE_IMPL_POSIX_CALLS_HPP

#include "../file_system.hpp"

#if !defined(_WIN32)

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace STET_NAMESPACE::detail {

namespace posix {

#if defined(__GLIBC__) && defined(__USE_LARGEFILE64) && !defined(__LP64__)

using file_offset = ::off64_t;
using file_status = struct ::stat64;
using folder_entry = struct ::dirent64;

/// Among the flags of an open: the file may be of any size.
inline constexpr int any_size = O_LARGEFILE;

inline int look_at(int file, file_status& status) noexcept
{
    return ::fstat64(file, &status);
}

inline int look_at(int folder, const char* name, file_status& status, int flags) noexcept
{
    return ::fstatat64(folder, name, &status, flags);
}

inline const folder_entry* next_entry(DIR* folder) noexcept
{
    return ::readdir64(folder);
}

inline ::ssize_t read_from(int file, void* buffer, std::size_t size, file_offset place) noexcept
{
    return ::pread64(file, buffer, size, place);
}

inline ::ssize_t write_to(int file, const void* data, std::size_t size, file_offset place) noexcept
{
    return ::pwrite64(file, data, size, place);
}

inline int set_aside(int file, file_offset size) noexcept
{
    return ::fallocate64(file, 0, 0, size);
}

#else

using file_offset = ::off_t;
using file_status = struct ::stat;
using folder_entry = struct ::dirent;

inline constexpr int any_size = 0;

inline int look_at(int file, file_status& status) noexcept
{
    return ::fstat(file, &status);
}

inline int look_at(int folder, const char* name, file_status& status, int flags) noexcept
{
    return ::fstatat(folder, name, &status, flags);
}

inline const folder_entry* next_entry(DIR* folder) noexcept
{
    return ::readdir(folder);
}

inline ::ssize_t read_from(int file, void* buffer, std::size_t size, file_offset place) noexcept
{
    return ::pread(file, buffer, size, place);
}

inline ::ssize_t write_to(int file, const void* data, std::size_t size, file_offset place) noexcept
{
    return ::pwrite(file, data, size, place);
}

#if defined(__linux__)
inline int set_aside(int file, file_offset size) noexcept
{
    return ::fallocate(file, 0, 0, size);
}
#endif

#endif

template <class Returned>
os_result checked(Returned returned) noexcept
{
    if (returned < 0)
        return {.value = -1, .error = errno};
    return {.value = std::int64_t{returned}, .error = 0};
}

/// Brought to stable storage.
inline os_result flushed(int file) noexcept
{
    const os_result returned = checked(::fsync(file));
#if defined(__wasi__)
    if (returned.error == EBADF) // WASI's word for a right that was not given: that of syncing a folder
        return {.value = -1, .error = ENOTSUP};
#endif
    return returned;
}

/// Between the system's integer types, whose widths and signs differ from system to system.
template <class To, class From>
constexpr To converted(From value) noexcept
{
    return static_cast<To>(value);
}

inline int descriptor(file_handle handle) noexcept
{
    return handle == no_handle ? AT_FDCWD : static_cast<int>(handle);
}

} // namespace posix

} // namespace STET_NAMESPACE::detail

#endif

#endif
