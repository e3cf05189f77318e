// SPDX-License-Identifier: MIT
#ifndef STET_FILE_FILE_SYSTEM_HPP
#define STET_FILE_FILE_SYSTEM_HPP

#include "../naming/output_name.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/error.hpp"
#include "../vocabulary/impl/os_error.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE {

/// An open file or folder of a file_system.
using file_handle = std::intptr_t;

inline constexpr file_handle no_handle = -1; ///< stands for no file

/// What one call of a file system returned: a value, and 0 or the errno that says why there is none.
struct os_result {
    std::int64_t value = 0; ///< what the call gives, if it succeeds
    int          error = 0; ///< errno, or 0
};

/// What a name in a folder leads to.
enum class entry_kind : std::uint8_t { file, folder, link, other };

/// What is known of an entry.
struct entry_facts {
    entry_kind    kind = entry_kind::other; ///< a file, a folder or something else
    std::uint32_t mode = 0;                 ///< permission bits, as chmod takes them
    std::uint64_t device = 0;               ///< device and index together name one entry of the system
    std::uint64_t index = 0;                ///< with `device` it identifies the file
    std::int64_t  modified =
        0; ///< when its content last changed, in seconds since 1970, by the clock that stamps files
    std::uint32_t owner = 0; ///< 0 for all where files have none
    std::uint32_t group = 0; ///< the group's id
    std::uint64_t size = 0;  ///< bytes of a file
};

namespace detail {

/// Set as an owner or group, leaves that as it is.
inline constexpr std::uint32_t same_as_before = UINT32_MAX;

/// The mode of a file that only its owner reads and writes.
inline constexpr std::uint32_t private_mode = 0600;

} // namespace detail

/// What happens at a symbolic link.
enum class links : std::uint8_t { follow, refuse };

/// What memory, position and size of a write past the system's cache are multiples of, in bytes. No less than what
/// disks in use ask for.
inline constexpr std::size_t direct_alignment = 4096;

/// What places and sizes of a clone are multiples of, in bytes: the blocks of the file systems that can share them. One
/// with larger blocks refuses.
inline constexpr std::size_t clone_alignment = 4096;

/// Whether a finished save survives a loss of power.
enum class durability : std::uint8_t {
    none, ///< whole or absent after a crash of the process, not after one of the machine
    full, ///< file and folder are brought to stable storage before the save returns
};

/// What happens when a file of the wanted name exists.
enum class existing_file : std::uint8_t { refuse, replace };

namespace detail {

/// What a file that exists is opened for.
enum class file_use : std::uint8_t { read, change };

/// Sees a folder's entries, except "." and "..". It may throw, and may use the file system, but not change the folder.
using entry_callback = function_ref<void(std::string_view name)>;

} // namespace detail

/// The calls that saving a file needs, as a table: the system's own by default, a game's virtual file system, a test
/// that makes the n-th call fail. Names are UTF-8 and end in NUL; each call does one thing. They may be made from
/// several threads at once.
struct file_system {
    void* context = nullptr;

    /// Opens the folder `path`, below `parent` or, without one, as the system resolves it. With links::refuse an
    /// entry that is a link fails with ELOOP or ENOTDIR.
    os_result (*open_folder)(void* context, file_handle parent, const char* path, links treatment) = nullptr;
    /// Creates a folder. EEXIST when the name is taken.
    os_result (*make_folder)(void* context, file_handle parent, const char* path) = nullptr;
    /// Tells what an entry is; with links::refuse of a link itself. An empty name asks about the folder.
    os_result (*inspect)(void* context, file_handle folder, const char* name, links treatment,
                         entry_facts& facts) = nullptr;
    /// Copies the target of a link into the buffer, without NUL; the value is its whole length.
    os_result (*read_link)(void* context, file_handle folder, const char* name, char* buffer,
                           std::size_t capacity) = nullptr;
    /// Calls `see` with the name of everything in the folder.
    os_result (*list)(void* context, file_handle folder, detail::entry_callback see) = nullptr;
    /// Creates a file that did not exist, for writing, with this mode less the umask; EEXIST when the name is taken by
    /// anything.
    os_result (*create_file)(void* context, file_handle folder, const char* name,
                             std::uint32_t mode) = nullptr;
    /// Sets a file's mode.
    os_result (*set_mode)(void* context, file_handle file, std::uint32_t mode) = nullptr;
    /// Gives a file away. EPERM, or no call at all, where that cannot be done.
    os_result (*set_owner)(void* context, file_handle file, std::uint32_t owner,
                           std::uint32_t group) = nullptr;
    /// Copies what fits of an entry's access list (ACL) into the buffer; the value is its whole size, 0 where it has
    /// none. The bytes are the file system's own. No call at all where there are no access lists.
    os_result (*read_acl)(void* context, file_handle folder, const char* name, void* buffer,
                          std::size_t capacity) = nullptr;
    /// Gives a file such an access list; with size 0 takes away the one it has. The mode may change with it.
    os_result (*write_acl)(void* context, file_handle file, const void* list, std::size_t size) = nullptr;
    /// Who makes these calls, as entry_facts tell an owner. No call at all where files have none.
    os_result (*user)(void* context) = nullptr;
    /// Sets space aside. ENOTSUP, or no call at all, where that cannot be done, which is no failure of the save.
    os_result (*preallocate)(void* context, file_handle file, std::uint64_t size) = nullptr;
    /// Appends; the value is how many bytes were taken, at least one.
    os_result (*write)(void* context, file_handle file, const void* data, std::size_t size) = nullptr;
    /// Writes at a position, in any order and from several threads at once; the value is how many bytes were taken, at
    /// least one. No call at all where that cannot be done.
    os_result (*write_at)(void* context, file_handle file, std::uint64_t offset, const void* data,
                          std::size_t size) = nullptr;
    /// Lets a part of one file be a part of another, without a copy: both share it until one of them changes. Places and
    /// size are multiples of clone_alignment. ENOTSUP, EINVAL or EXDEV, or no call at all, where that cannot be done.
    os_result (*clone)(void* context, file_handle from, std::uint64_t from_offset, file_handle to,
                       std::uint64_t to_offset, std::uint64_t size) = nullptr;
    /// Opens a file of the folder once more, for write_at past the system's cache: memory, position and size are then
    /// multiples of direct_alignment. ENOTSUP or EINVAL, or no call at all, where that cannot be done.
    os_result (*open_direct)(void* context, file_handle folder, const char* name) = nullptr;
    /// Opens a file of the folder once more, itself no link, and locks it until that handle is closed: meanwhile no
    /// other lock_file gets it, from whichever process, and fails at once with EBUSY. Reading, writing, renaming and
    /// removing stay possible for all. Tells what was locked, without an index where the system keeps what is open for
    /// writing from being removed. ENOTSUP or the like, or no call at all, where that cannot be done.
    os_result (*lock_file)(void* context, file_handle folder, const char* name, entry_facts& facts) = nullptr;
    /// Gives such a lock up at once, even where a forked process has the handle, too; it stays open. Without this call
    /// closing it does.
    os_result (*unlock_file)(void* context, file_handle file) = nullptr;
    /// Brings a file's content, or a folder's entries, to stable storage.
    os_result (*sync)(void* context, file_handle handle) = nullptr;
    /// Closes; the handle is gone whatever the result.
    os_result (*close)(void* context, file_handle handle) = nullptr;
    /// Renames within a folder, in one step. With existing_file::refuse EEXIST when the new name is taken.
    os_result (*move)(void* context, file_handle folder, const char* from, const char* to,
                      existing_file) = nullptr;
    /// Swaps the names of two entries of a folder, in one step. ENOTSUP, or no call at all, where that cannot be done.
    os_result (*exchange)(void* context, file_handle folder, const char* one, const char* other) = nullptr;
    /// Removes a file of that folder.
    os_result (*remove)(void* context, file_handle folder, const char* name) = nullptr;
    /// Opens a file of the folder that exists, itself no link, for read_at and, to change it, for write_at and sync; the
    /// file may be renamed and removed meanwhile as far as the system lets it. No call at all where that cannot be done.
    os_result (*open_file)(void* context, file_handle folder, const char* name,
                           detail::file_use use) = nullptr;
    /// Reads at a position; the value is how many bytes there were, 0 at the end of the file.
    os_result (*read_at)(void* context, file_handle file, std::uint64_t offset, void* buffer,
                         std::size_t size) = nullptr;

    path_style paths = native_paths;           ///< which names it allows
    name_case  letters = name_case::sensitive; ///< whether it tells A from a
};

} // namespace STET_NAMESPACE

#endif
