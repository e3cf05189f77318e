// SPDX-License-Identifier: MIT
// The POSIX calls behind a save. Elsewhere this header is empty.
#ifndef STET_FILE_IMPL_POSIX_FILE_SYSTEM_HPP
#define STET_FILE_IMPL_POSIX_FILE_SYSTEM_HPP

#include "../file_system.hpp"

#if !defined(_WIN32)

#include "posix_access.hpp"
#include "posix_calls.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

namespace STET_NAMESPACE::detail {

namespace posix {

/// The largest count one write is asked for: below what Linux, macOS and 32-bit size types refuse.
inline constexpr std::size_t largest_write = std::size_t{1} << 30U;

inline os_result open_folder(void*, file_handle parent, const char* path, links treatment)
{
    const int no_follow = treatment == links::refuse ? O_NOFOLLOW : 0;
    return checked(::openat(descriptor(parent), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | no_follow));
}

inline os_result make_folder(void*, file_handle parent, const char* path)
{
    return checked(::mkdirat(descriptor(parent), path, 0777));
}

inline entry_kind kind_of(mode_t mode) noexcept
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return entry_kind::file;
    case S_IFDIR:
        return entry_kind::folder;
    case S_IFLNK:
        return entry_kind::link;
    default:
        return entry_kind::other;
    }
}

inline os_result inspect(void*, file_handle folder, const char* name, links treatment, entry_facts& facts)
{
    file_status status{};
    const bool  itself = *name == '\0';
    const int   outcome = itself ? look_at(descriptor(folder), status)
                                 : look_at(descriptor(folder), name, status,
                                         treatment == links::refuse ? AT_SYMLINK_NOFOLLOW : 0);
    if (outcome != 0)
        return checked(outcome);
    facts = {.kind = kind_of(status.st_mode),
             .mode = converted<std::uint32_t>(status.st_mode & 07777U),
             .device = converted<std::uint64_t>(status.st_dev),
             .index = converted<std::uint64_t>(status.st_ino),
             .modified = converted<std::int64_t>(status.st_mtime),
             .owner = converted<std::uint32_t>(status.st_uid),
             .group = converted<std::uint32_t>(status.st_gid),
             .size = converted<std::uint64_t>(status.st_size)};
    return {};
}

inline os_result read_link(void*, file_handle folder, const char* name, char* buffer, std::size_t capacity)
{
    return checked(::readlinkat(descriptor(folder), name, buffer, capacity));
}

/// Closes a folder's stream, whether or not the one who looks at it throws.
class listing {
public:
    explicit listing(DIR* stream) noexcept : stream_(stream) {}
    listing(const listing&) = delete;
    listing& operator=(const listing&) = delete;
    ~listing() { ::closedir(stream_); }

    /// The next name; nothing at the end, with errno 0, or where the system fails, with its errno.
    const char* next() const noexcept
    {
        errno = 0;
        const folder_entry* const entry = next_entry(stream_);
        return entry == nullptr ? nullptr : static_cast<const char*>(entry->d_name);
    }

private:
    DIR* stream_;
};

inline os_result list(void*, file_handle folder, entry_callback see)
{
    // A descriptor of its own: fdopendir takes it over, and its position is not shared.
    const int own = ::openat(descriptor(folder), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own < 0)
        return checked(own);
    DIR* const stream = ::fdopendir(own);
    if (stream == nullptr) {
        const os_result failed{.value = -1, .error = errno};
        ::close(own);
        return failed;
    }
    const listing entries(stream);
    while (const char* const entry = entries.next()) {
        const std::string_view name(entry);
        if (name != "." && name != "..")
            see(name);
    }
    const int failed = errno;
    return {.value = failed == 0 ? 0 : -1, .error = failed};
}

inline os_result create_file(void*, file_handle folder, const char* name, std::uint32_t mode)
{
    constexpr int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | any_size;
    return checked(::openat(descriptor(folder), name, how, converted<mode_t>(mode)));
}

inline os_result preallocate(void*, file_handle file, std::uint64_t size)
{
#if defined(__linux__)
    if (size > static_cast<std::uint64_t>(INT64_MAX))
        return {.value = -1, .error = EFBIG};
    // fallocate, not posix_fallocate: where the file system cannot, the latter would write every block.
    return checked(set_aside(descriptor(file), static_cast<file_offset>(size)));
#else
    static_cast<void>(file);
    static_cast<void>(size);
    return {.value = -1, .error = ENOTSUP};
#endif
}

inline os_result write(void*, file_handle file, const void* data, std::size_t size)
{
    return checked(::write(descriptor(file), data, size < largest_write ? size : largest_write));
}

inline os_result write_at(void*, file_handle file, std::uint64_t offset, const void* data, std::size_t size)
{
    const auto place = static_cast<file_offset>(offset);
    if (place < 0 || static_cast<std::uint64_t>(place) != offset)
        return {.value = -1, .error = EFBIG};
    return checked(write_to(descriptor(file), data, size < largest_write ? size : largest_write, place));
}

inline os_result clone(void*, file_handle from, std::uint64_t from_offset, file_handle to,
                       std::uint64_t to_offset, std::uint64_t size)
{
#if defined(__linux__)
    /// struct file_clone_range of <linux/fs.h>, which defines macros of common names.
    struct range {
        std::int64_t  from;
        std::uint64_t from_offset, size, to_offset;
    } shared{.from = from, .from_offset = from_offset, .size = size, .to_offset = to_offset};
    return checked(::ioctl(descriptor(to), _IOW(0x94, 13, range), &shared)); // FICLONERANGE
#else
    static_cast<void>(from);
    static_cast<void>(from_offset);
    static_cast<void>(to);
    static_cast<void>(to_offset);
    static_cast<void>(size);
    return {.value = -1, .error = ENOTSUP};
#endif
}

inline os_result open_direct(void*, file_handle folder, const char* name)
{
#if defined(O_DIRECT)
    return checked(
        ::openat(descriptor(folder), name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_DIRECT | any_size));
#elif defined(F_NOCACHE)
    const int opened = ::openat(descriptor(folder), name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (opened >= 0)
        static_cast<void>(::fcntl(opened, F_NOCACHE, 1)); // a hint: the cache would give the same bytes
    return checked(opened);
#else
    static_cast<void>(folder);
    static_cast<void>(name);
    return {.value = -1, .error = ENOTSUP};
#endif
}

/// Locks an open file unless another descriptor has done so, or unlocks it. Such a lock belongs to what was opened, so
/// that it neither goes when another descriptor of the file is closed, as fcntl's older ones do, nor leaves out other
/// threads.
inline os_result set_lock(int file, bool is_wanted) noexcept
{
#if defined(__linux__)
    // One byte past all data: a server that keeps others from reading and writing what is locked (SMB) then hinders
    // nobody, as it would with flock. NFS tells its other machines of either.
    struct { // struct flock64, which is what the kernel takes, however wide this program's offsets are
        short        type;
        short        whence = SEEK_SET;
        std::int64_t start = INT64_MAX;
        std::int64_t size = 0; // to the end
        int          process = 0;
    } byte{.type = is_wanted ? short{F_WRLCK} : short{F_UNLCK}};
#if defined(SYS_fcntl64)
    constexpr long call = SYS_fcntl64; // machines of 32 bits
#else
    constexpr long call = SYS_fcntl;
#endif
    constexpr int   set = 37; // F_OFD_SETLK, since Linux 3.15
    const os_result locked = checked(::syscall(call, file, set, &byte));
#elif defined(LOCK_EX) && !defined(__EMSCRIPTEN__) && !defined(__wasi__) // where it does nothing
    const os_result locked = checked(::flock(file, is_wanted ? LOCK_EX | LOCK_NB : LOCK_UN));
#else
    static_cast<void>(file);
    static_cast<void>(is_wanted);
    const os_result locked{.value = -1, .error = ENOTSUP};
#endif
    return locked.error == EAGAIN ? os_result{.value = -1, .error = EBUSY} : locked;
}

inline os_result lock_file(void*, file_handle folder, const char* name, entry_facts& facts)
{
    // For writing, which network file systems want of who locks; never waiting for the other end of a pipe.
    const int opened =
        ::openat(descriptor(folder), name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | any_size);
    if (opened < 0)
        return checked(opened);
    os_result locked = set_lock(opened, true);
    if (locked.error == 0)
        locked = inspect(nullptr, opened, "", links::follow, facts);
    if (locked.error == 0)
        return {.value = opened, .error = 0};
    ::close(opened);
    return locked;
}

inline os_result unlock_file(void*, file_handle file)
{
    return set_lock(descriptor(file), false);
}

inline os_result sync(void*, file_handle handle)
{
#if defined(F_FULLFSYNC)
    // On Apple systems fsync leaves the data in the drive's cache.
    if (::fcntl(descriptor(handle), F_FULLFSYNC) == 0)
        return {};
#endif
    return flushed(descriptor(handle));
}

inline os_result close(void*, file_handle handle)
{
    return checked(::close(descriptor(handle)));
}

/// Whether a link or a rename without replacing failed only because the kernel or the file system has none.
inline bool is_unsupported(int os_code) noexcept
{
    return is_not_offered(os_code) || os_code == EPERM || os_code == EMLINK;
}

/// Gives the file a second name unless that is taken, and takes the first one away; or neither.
inline os_result link_without_replacing(int folder, const char* from, const char* to) noexcept
{
    const os_result linked = checked(::linkat(folder, from, folder, to, 0));
    if (linked.error != 0)
        return linked;
    const os_result unlinked = checked(::unlinkat(folder, from, 0));
    if (unlinked.error != 0)
        static_cast<void>(::unlinkat(folder, to, 0));
    return unlinked;
}

/// Looks whether the name is taken, then renames: for file systems that offer nothing better (FAT, some network file
/// systems). The part file keeps other savers away, so a look suffices.
inline os_result look_and_rename(int folder, const char* from, const char* to) noexcept
{
    file_status status{};
    if (look_at(folder, to, status, AT_SYMLINK_NOFOLLOW) == 0)
        return {.value = -1, .error = EEXIST};
    return checked(::renameat(folder, from, folder, to));
}

/// Gives the file its name unless that is taken: by one system call where there is one, else by a second link.
inline os_result move_without_replacing(int folder, const char* from, const char* to) noexcept
{
#if defined(__linux__) && defined(SYS_renameat2)
    constexpr unsigned no_replace = 1; // RENAME_NOREPLACE
    const os_result    renamed = checked(::syscall(SYS_renameat2, folder, from, folder, to, no_replace));
    if (renamed.error == 0 || !is_unsupported(renamed.error))
        return renamed;
#elif defined(RENAME_EXCL)
    const os_result renamed = checked(::renameatx_np(folder, from, folder, to, RENAME_EXCL));
    if (renamed.error == 0 || !is_unsupported(renamed.error))
        return renamed;
#endif
    const os_result linked = link_without_replacing(folder, from, to);
    if (linked.error == 0 || !is_unsupported(linked.error))
        return linked;
    return look_and_rename(folder, from, to);
}

inline os_result move(void*, file_handle folder, const char* from, const char* to, existing_file existing)
{
    const int in = descriptor(folder);
    if (existing == existing_file::refuse)
        return move_without_replacing(in, from, to);
    return checked(::renameat(in, from, in, to));
}

inline os_result exchange(void*, file_handle folder, const char* one, const char* other)
{
#if defined(__linux__) && defined(SYS_renameat2)
    constexpr unsigned swap = 2; // RENAME_EXCHANGE
    return checked(::syscall(SYS_renameat2, descriptor(folder), one, descriptor(folder), other, swap));
#elif defined(RENAME_SWAP)
    return checked(::renameatx_np(descriptor(folder), one, descriptor(folder), other, RENAME_SWAP));
#else
    static_cast<void>(folder);
    static_cast<void>(one);
    static_cast<void>(other);
    return {.value = -1, .error = ENOTSUP};
#endif
}

inline os_result remove(void*, file_handle folder, const char* name)
{
    return checked(::unlinkat(descriptor(folder), name, 0));
}

inline os_result open_file(void*, file_handle folder, const char* name, file_use use)
{
    const int how = use == file_use::change ? O_RDWR : O_RDONLY;
    return checked(::openat(descriptor(folder), name, how | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | any_size));
}

inline os_result read_at(void*, file_handle file, std::uint64_t offset, void* buffer, std::size_t size)
{
    const auto place = static_cast<file_offset>(offset);
    if (place < 0 || static_cast<std::uint64_t>(place) != offset)
        return {.value = -1, .error = EOVERFLOW};
    return checked(read_from(descriptor(file), buffer, size < largest_write ? size : largest_write, place));
}

} // namespace posix

/// The system's own calls.
constexpr file_system native_calls() noexcept
{
    namespace calls = detail::posix;
    return {.context = nullptr,
            .open_folder = calls::open_folder,
            .make_folder = calls::make_folder,
            .inspect = calls::inspect,
            .read_link = calls::read_link,
            .list = calls::list,
            .create_file = calls::create_file,
            .set_mode = calls::set_mode,
            .set_owner = calls::set_owner,
#if defined(__linux__)
            .read_acl = calls::read_acl,
            .write_acl = calls::write_acl,
#endif
            .user = calls::user,
            .preallocate = calls::preallocate,
            .write = calls::write,
            .write_at = calls::write_at,
            .clone = calls::clone,
            .open_direct = calls::open_direct,
            .lock_file = calls::lock_file,
            .unlock_file = calls::unlock_file,
            .sync = calls::sync,
            .close = calls::close,
            .move = calls::move,
            .exchange = calls::exchange,
            .remove = calls::remove,
            .open_file = calls::open_file,
            .read_at = calls::read_at,
            .paths = path_style::posix,
            .letters = name_case::sensitive};
}

} // namespace STET_NAMESPACE::detail

#endif

#endif
