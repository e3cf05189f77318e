// SPDX-License-Identifier: MIT
// The few system calls that Windows' C runtime lacks, by hand so that no user's code meets windows.h, and the
// places and handles they speak of. Elsewhere this header is empty.
#ifndef STET_FILE_IMPL_WINDOWS_CALLS_HPP
#define STET_FILE_IMPL_WINDOWS_CALLS_HPP

#include "../file_system.hpp"

#if defined(_WIN32)

#include "windows_errors.hpp"
#include "windows_paths.hpp"

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

// As windows.h declares them, so that it may be included before or after.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wreserved-identifier" // the tags are the system's
#elif defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls" // where windows.h came first
#endif
extern "C" {
struct _BY_HANDLE_FILE_INFORMATION;
struct _OVERLAPPED;
struct _RTL_SRWLOCK;
struct _SECURITY_ATTRIBUTES;
__declspec(dllimport) void __stdcall AcquireSRWLockExclusive(struct _RTL_SRWLOCK*);
__declspec(dllimport) int __stdcall CloseHandle(void*);
__declspec(dllimport) void* __stdcall CreateFileMappingW(void*, struct _SECURITY_ATTRIBUTES*, unsigned long,
                                                         unsigned long, unsigned long, const wchar_t*);
__declspec(dllimport) void* __stdcall CreateFileW(const wchar_t*, unsigned long, unsigned long,
                                                  struct _SECURITY_ATTRIBUTES*, unsigned long, unsigned long,
                                                  void*);
__declspec(dllimport) unsigned long __stdcall GetFileAttributesW(const wchar_t*);
__declspec(dllimport) int __stdcall GetFileInformationByHandle(void*, struct _BY_HANDLE_FILE_INFORMATION*);
__declspec(dllimport) unsigned long __stdcall GetFileType(void*);
__declspec(dllimport) unsigned long __stdcall GetFinalPathNameByHandleW(void*, wchar_t*, unsigned long,
                                                                        unsigned long);
__declspec(dllimport) unsigned long __stdcall GetFullPathNameW(const wchar_t*, unsigned long, wchar_t*,
                                                               wchar_t**);
__declspec(dllimport) unsigned long __stdcall GetLastError();
__declspec(dllimport) int __stdcall LockFile(void*, unsigned long, unsigned long, unsigned long,
                                             unsigned long);
#if defined(_WIN64)
__declspec(dllimport) void* __stdcall MapViewOfFile(void*, unsigned long, unsigned long, unsigned long,
                                                    unsigned long long);
#else
__declspec(dllimport) void* __stdcall MapViewOfFile(void*, unsigned long, unsigned long, unsigned long,
                                                    unsigned long);
#endif
__declspec(dllimport) int __stdcall MoveFileExW(const wchar_t*, const wchar_t*, unsigned long);
__declspec(dllimport) int __stdcall ReadFile(void*, void*, unsigned long, unsigned long*,
                                             struct _OVERLAPPED*);
__declspec(dllimport) void __stdcall ReleaseSRWLockExclusive(struct _RTL_SRWLOCK*);
__declspec(dllimport) int __stdcall SetEndOfFile(void*);
__declspec(dllimport) void __stdcall Sleep(unsigned long);
__declspec(dllimport) int __stdcall UnmapViewOfFile(const void*);
__declspec(dllimport) int __stdcall WriteFile(void*, const void*, unsigned long, unsigned long*,
                                              struct _OVERLAPPED*);
}
#if defined(__clang__)
#pragma clang diagnostic pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace STET_NAMESPACE::detail {

namespace windows {

inline os_result failed(int os_code) noexcept
{
    return {.value = -1, .error = os_code};
}

inline os_result last_failure() noexcept
{
    return failed(errno_of(GetLastError()));
}

/// What a call of the C runtime returned. Its errno is coarse; the system's code behind it is not.
template <class Call>
os_result runtime_result(Call call) noexcept
{
    _doserrno = 0;
    const auto value = call();
    if (value >= 0)
        return {.value = std::int64_t{value}, .error = 0};
    const int coarse = errno;
    return failed(_doserrno != 0 ? errno_of(_doserrno) : coarse);
}

/// Calls again while access is denied, for half a second at most: virus scanners and search indices open each
/// new file for a moment, and the system neither renames nor deletes what is open.
template <class Call>
os_result patient(Call call)
{
    os_result returned = call();
    for (unsigned long pause = 1; returned.error == EACCES && pause <= 256; pause *= 2) {
        Sleep(pause);
        returned = call();
    }
    return returned;
}

enum class access : unsigned long { nothing = 0, list = 1, remove = 0x10000 };

/// An entry opened by its path, links followed.
class opened_entry {
public:
    opened_entry(const std::wstring& path, access wanted) noexcept
    {
        // An open folder can be neither moved nor deleted, for want of a share; just looking hinders nobody.
        const unsigned long     shared = wanted == access::list ? 3 : 7;
        const auto              rights = static_cast<unsigned long>(wanted);
        constexpr unsigned long open_existing = 3, folders_too = 0x02000000;
        handle_ = CreateFileW(path.c_str(), rights, shared, nullptr, open_existing, folders_too, nullptr);
        if (reinterpret_cast<std::intptr_t>(handle_) == -1) {
            constexpr unsigned long sharing_violation = 32;
            const unsigned long     code = GetLastError();
            is_held_elsewhere_ = code == sharing_violation;
            error_ = errno_of(code);
            handle_ = nullptr;
        }
    }
    opened_entry(opened_entry&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)), error_(std::exchange(other.error_, EBADF)),
          is_held_elsewhere_(other.is_held_elsewhere_)
    {
    }
    opened_entry& operator=(opened_entry&&) = delete;
    opened_entry(const opened_entry&) = delete;
    opened_entry& operator=(const opened_entry&) = delete;
    ~opened_entry()
    {
        if (handle_ != nullptr)
            CloseHandle(handle_);
    }

    int   error() const noexcept { return error_; }
    void* handle() const noexcept { return handle_; }
    bool  is_held_elsewhere() const noexcept { return is_held_elsewhere_; } ///< by who does not share it

private:
    void* handle_ = nullptr;
    int   error_ = 0;
    bool  is_held_elsewhere_ = false;
};

/// A path without limit, or the errno that says why there is none.
struct place {
    std::wstring path{};
    int          error = 0;
};

/// The text of a call that wants a buffer and returns the length, or the size needed, or 0.
template <class Call>
place text_of(Call call)
{
    place found{.path = std::wstring(260, L'\0')};
    for (;;) {
        const auto          size = static_cast<unsigned long>(found.path.size());
        const unsigned long length = call(found.path.data(), size);
        if (length == 0)
            return {.path = {}, .error = errno_of(GetLastError())};
        found.path.resize(length < size ? length : length + 1);
        if (length < size)
            return found;
    }
}

/// Where an open entry lies, every link on the way followed. Some memory disks cannot tell.
inline place place_of(const opened_entry& entry)
{
    return text_of([&entry](wchar_t* buffer, unsigned long size) {
        return GetFinalPathNameByHandleW(entry.handle(), buffer, size, 0);
    });
}

/// What the handle of a folder stands for. While it is open its path cannot change.
struct held_folder {
    opened_entry entry;
    std::wstring path{};
};

// A folder's handle points to its held_folder and is even; a file's is a descriptor of the runtime, made odd.

inline file_handle handle_of(held_folder* folder) noexcept
{
    return reinterpret_cast<file_handle>(folder);
}

inline held_folder* folder_of(file_handle handle) noexcept
{
    return reinterpret_cast<held_folder*>(handle);
}

inline file_handle handle_of(int descriptor) noexcept
{
    return file_handle{descriptor} * 2 + 1;
}

/// Holds one of a few locks, by the file: who writes at a place moves the handle's own and has to put it back first.
class writing_turn {
public:
    explicit writing_turn(int descriptor) noexcept
        : lock_(&locks[static_cast<unsigned>(descriptor) % lock_count])
    {
        AcquireSRWLockExclusive(static_cast<struct _RTL_SRWLOCK*>(lock_));
    }
    writing_turn(const writing_turn&) = delete;
    writing_turn& operator=(const writing_turn&) = delete;
    ~writing_turn() { ReleaseSRWLockExclusive(static_cast<struct _RTL_SRWLOCK*>(lock_)); }

private:
    static constexpr unsigned lock_count = 16;
    static inline void* locks[lock_count]{}; ///< each has the layout of SRWLOCK; free as long as it is null

    void* lock_;
};

inline bool is_descriptor(file_handle handle) noexcept
{
    return (handle & 1) != 0;
}

inline int descriptor_of(file_handle file) noexcept
{
    return static_cast<int>(file >> 1);
}

inline place place_in(file_handle folder, std::string_view path)
{
    const auto units = utf16(path);
    if (!units)
        return {.path = {}, .error = EILSEQ};
    if (folder == no_handle || stands_alone(*units)) {
        if (units->empty())
            return {.path = {}, .error = ENOENT};
        place full = text_of([&units](wchar_t* buffer, unsigned long size) {
            return GetFullPathNameW(units->c_str(), size, buffer, nullptr);
        });
        if (full.error == 0)
            full.path = without_last_separators(without_limit(full.path));
        return full;
    }
    const bool is_name = path.find_first_of("/\\") == std::string_view::npos && path != "." && path != "..";
    if (const int error = is_name ? name_error(path) : 0; error != 0)
        return {.path = {}, .error = error};
    return {.path = below(folder_of(folder)->path, *units)};
}

/// The layout of BY_HANDLE_FILE_INFORMATION.
struct file_information {
    unsigned long attributes, times[6], volume, size[2], link_count, index_high, index_low;
};
static_assert(sizeof(file_information) == 52);

/// When the file was last written, in seconds since 1970. Windows counts tenths of microseconds since 1601.
inline std::int64_t modified(const file_information& seen) noexcept
{
    const std::uint64_t ticks = std::uint64_t{seen.times[5]} << 32U | seen.times[4];
    return static_cast<std::int64_t>(ticks / 10'000'000) - 11'644'473'600;
}

inline int look_at(void* handle, file_information& seen) noexcept
{
    void* const raw = &seen;
    auto* const as_declared = static_cast<struct _BY_HANDLE_FILE_INFORMATION*>(raw);
    return GetFileInformationByHandle(handle, as_declared) != 0 ? 0 : errno_of(GetLastError());
}

inline int look_at(const opened_entry& entry, file_information& seen) noexcept
{
    return look_at(entry.handle(), seen);
}

/// The layout of OVERLAPPED, for a handle that waits: where in the file a call begins.
struct position {
    explicit position(std::uint64_t offset) noexcept
        : low(static_cast<unsigned long>(offset & 0xFFFFFFFFU)),
          high(static_cast<unsigned long>(offset >> 32U))
    {
    }

    std::uintptr_t internal[2]{};
    unsigned long  low, high;
    void*          event = nullptr;

    struct _OVERLAPPED* as_declared() noexcept
    {
        void* const raw = this;
        return static_cast<struct _OVERLAPPED*>(raw);
    }
};

/// Reads at a position, whatever the handle's own place is; nothing at the end of the file.
inline os_result read_from(void* handle, std::uint64_t offset, void* buffer, std::size_t size) noexcept
{
    position      place(offset);
    unsigned long count = 0;
    if (ReadFile(handle, buffer, static_cast<unsigned long>(size), &count, place.as_declared()) != 0)
        return {.value = count, .error = 0};
    constexpr unsigned long at_the_end = 38;
    const unsigned long     code = GetLastError();
    return code == at_the_end ? os_result{} : failed(errno_of(code));
}

/// Writes at a position, whatever the handle's own place is, which moves.
inline os_result write_to(void* handle, std::uint64_t offset, const void* data, std::size_t size) noexcept
{
    position      place(offset);
    unsigned long count = 0;
    if (WriteFile(handle, data, static_cast<unsigned long>(size), &count, place.as_declared()) != 0)
        return {.value = count, .error = 0};
    return last_failure();
}

} // namespace windows

} // namespace STET_NAMESPACE::detail

#endif

#endif
