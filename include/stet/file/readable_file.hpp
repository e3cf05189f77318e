// SPDX-License-Identifier: MIT
// A file opened to be read, by the system's calls. Not part of stet.hpp.
#ifndef STET_FILE_READABLE_FILE_HPP
#define STET_FILE_READABLE_FILE_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "file_system.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#if defined(_WIN32)
#include "impl/windows_calls.hpp"
#else
#include "impl/posix_calls.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace STET_NAMESPACE {

namespace detail {

/// What an errno means for who opens a file to read it: what names no file is missing.
error opening_error(int os_code, std::string_view path) noexcept;

/// The system's handle of a file, closed in the end. Others may read, write, rename and delete the file meanwhile as
/// far as the system lets them.
class readable_file {
public:
    /// A regular file; a pipe is not waited for.
    /// path:   UTF-8 on Windows, ends with NUL
    /// errors: file_missing, permission_denied, not_a_regular_file, too_many_open_files,
    ///         too_many_links, file_name_too_long, out_of_memory, io_failure, with the path as subject
    static result<readable_file> open(const char* path);

    readable_file(readable_file&& other) noexcept;
    readable_file& operator=(readable_file&& other) noexcept;
    readable_file(const readable_file&) = delete;
    readable_file& operator=(const readable_file&) = delete;
    ~readable_file() { release(); }

    /// As it was when the file was opened.
    std::uint64_t size() const noexcept { return size_; }

    /// As a file_system's calls take it.
    file_handle handle() const noexcept;

    void close() noexcept;

    /// Fills the buffer. Several threads may do so at once.
    /// errors: incomplete_data when the file ends before the buffer is full; io_failure
    result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept;

    /// Bytes of a file in memory, or the errno that says why there are none.
    struct mapping {
        void* memory = nullptr;
        int   error = 0;
    };

    // map() gives the first bytes of the file, until unmap(); their number is not 0 and no more than the file has.

#if defined(_WIN32)

    mapping map(std::size_t size) const noexcept
    {
        constexpr unsigned long read_only_pages = 2, to_read = 4;
        const auto              high = static_cast<unsigned long>(std::uint64_t{size} >> 32U);
        const auto              low = static_cast<unsigned long>(size & 0xFFFFFFFFU);
        void* const section = CreateFileMappingW(handle_, nullptr, read_only_pages, high, low, nullptr);
        if (section == nullptr)
            return {.error = windows::errno_of(GetLastError())};
        void* const memory = MapViewOfFile(section, to_read, 0, 0, size);
        const int   failed = memory == nullptr ? windows::errno_of(GetLastError()) : 0;
        CloseHandle(section); // the view keeps it
        return {.memory = memory, .error = failed};
    }

    static void unmap(void* memory, std::size_t) noexcept { UnmapViewOfFile(memory); }

    static void populate(std::span<const std::byte>) noexcept {}

private:
    using native = void*;
    static constexpr native closed = nullptr;

    readable_file() = default;

    int acquire(const char* path)
    {
        const windows::place place = windows::place_in(no_handle, path);
        if (place.error != 0)
            return place.error;
        if (windows::has_long_name(place.path)) // as other systems tell it
            return ENAMETOOLONG;
        // A folder is opened too, so that it can be told from a file without permission.
        constexpr unsigned long to_read = 0x80000000, everything = 7, open_existing = 3,
                                folders_too = 0x02000000;
        void* const opened = CreateFileW(place.path.c_str(), to_read, everything, nullptr, open_existing,
                                         folders_too, nullptr);
        if (reinterpret_cast<std::intptr_t>(opened) == -1)
            return windows::errno_of(GetLastError());
        handle_ = opened;
        constexpr unsigned long on_disk = 1, folder_attribute = 0x10;
        if (GetFileType(handle_) != on_disk)
            return EISDIR; // a device or a pipe, just as unfit
        windows::file_information seen{};
        if (const int failed = windows::look_at(handle_, seen); failed != 0)
            return failed;
        size_ = std::uint64_t{seen.size[0]} << 32U | seen.size[1];
        return (seen.attributes & folder_attribute) != 0 ? EISDIR : 0;
    }

    os_result read_some(std::uint64_t offset, std::span<std::byte> buffer) const noexcept
    {
        /// The layout of OVERLAPPED: where to read, whatever the handle's own place is.
        struct {
            std::uintptr_t internal[2];
            unsigned long  low, high;
            void*          event;
        } place{.internal = {},
                .low = static_cast<unsigned long>(offset & 0xFFFFFFFFU),
                .high = static_cast<unsigned long>(offset >> 32U),
                .event = nullptr};
        void* const   raw = &place;
        unsigned long count = 0;
        if (ReadFile(handle_, buffer.data(), static_cast<unsigned long>(buffer.size()), &count,
                     static_cast<struct _OVERLAPPED*>(raw)) != 0)
            return {.value = count, .error = 0};
        constexpr unsigned long at_the_end = 38;
        const unsigned long     failed = GetLastError();
        return failed == at_the_end ? os_result{} : windows::failed(windows::errno_of(failed));
    }

    void release() const noexcept
    {
        if (handle_ != closed)
            CloseHandle(handle_);
    }

#else

    mapping map(std::size_t size) const noexcept
    {
        void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, handle_, 0);
        return memory == MAP_FAILED ? mapping{.error = errno} : mapping{.memory = memory};
    }

    static void unmap(void* memory, std::size_t size) noexcept { static_cast<void>(::munmap(memory, size)); }

    /// What it cannot do is done page by page when they are touched.
    static void populate(std::span<const std::byte> memory) noexcept
    {
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        const auto lead = reinterpret_cast<std::uintptr_t>(memory.data()) % page;
        auto*      begin = const_cast<std::byte*>(memory.data()) - lead; // madvise changes nothing
        const auto size = memory.size() + lead;
#if defined(__linux__)
        constexpr int populate_read = 22; // MADV_POPULATE_READ, since Linux 5.14
        if (::madvise(begin, size, populate_read) == 0)
            return;
#endif
        static_cast<void>(::madvise(begin, size, MADV_WILLNEED));
    }

private:
    using native = int;
    static constexpr native closed = -1;

    readable_file() = default;

    int acquire(const char* path) noexcept
    {
        handle_ = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | posix::any_size);
        posix::file_status status{};
        if (handle_ == closed || posix::look_at(handle_, status) != 0)
            return errno;
        size_ = static_cast<std::uint64_t>(status.st_size);
        return (status.st_mode & S_IFMT) == S_IFREG ? 0 : EISDIR;
    }

    os_result read_some(std::uint64_t offset, std::span<std::byte> buffer) const noexcept
    {
        // No file reaches that far.
        const auto place = static_cast<posix::file_offset>(offset);
        if (place < 0 || static_cast<std::uint64_t>(place) != offset)
            return {.value = -1, .error = EOVERFLOW};
        const auto count = posix::read_from(handle_, buffer.data(), buffer.size(), place);
        return count < 0 ? os_result{.value = -1, .error = errno} : os_result{.value = count, .error = 0};
    }

    void release() const noexcept
    {
        if (handle_ != closed)
            static_cast<void>(::close(handle_));
    }

#endif

    native        handle_ = closed;
    std::uint64_t size_ = 0;
};

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/readable_file.ipp"
#endif

#endif
