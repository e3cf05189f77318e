// SPDX-License-Identifier: MIT
#include "readable_file.hpp"

#include <cerrno>
#include <utility>
#if defined(_WIN32)
#include "windows_calls.hpp"
#else
#include "posix_calls.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace STET_NAMESPACE::detail {

#if defined(_WIN32)

STET_INLINE readable_file::mapping readable_file::map(std::size_t size) const noexcept
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

STET_INLINE void readable_file::unmap(void* memory, std::size_t) noexcept
{
    UnmapViewOfFile(memory);
}

STET_INLINE void readable_file::populate(std::span<const std::byte>) noexcept {}

STET_INLINE int readable_file::acquire(const char* path)
{
    const windows::place place = windows::place_in(no_handle, path);
    if (place.error != 0)
        return place.error;
    if (windows::has_long_name(place.path)) // as other systems tell it
        return ENAMETOOLONG;
    // A folder is opened too, so that it can be told from a file without permission.
    constexpr unsigned long to_read = 0x80000000, everything = 7, open_existing = 3, folders_too = 0x02000000;
    void* const             opened =
        CreateFileW(place.path.c_str(), to_read, everything, nullptr, open_existing, folders_too, nullptr);
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

STET_INLINE std::uint64_t readable_file::size_now() const noexcept
{
    windows::file_information seen{};
    return windows::look_at(handle_, seen) != 0 ? size_ : std::uint64_t{seen.size[0]} << 32U | seen.size[1];
}

STET_INLINE os_result readable_file::read_some(std::uint64_t        offset,
                                               std::span<std::byte> buffer) const noexcept
{
    return windows::read_from(handle_, offset, buffer.data(), buffer.size());
}

STET_INLINE void readable_file::release() const noexcept
{
    if (handle_ != closed)
        CloseHandle(handle_);
}

#else

STET_INLINE readable_file::mapping readable_file::map(std::size_t size) const noexcept
{
    void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, handle_, 0);
    return memory == MAP_FAILED ? mapping{.error = errno} : mapping{.memory = memory};
}

STET_INLINE void readable_file::unmap(void* memory, std::size_t size) noexcept
{
    static_cast<void>(::munmap(memory, size));
}

STET_INLINE void readable_file::populate(std::span<const std::byte> memory) noexcept
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

STET_INLINE int readable_file::acquire(const char* path)
{
    handle_ = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | posix::any_size);
    posix::file_status status{};
    if (handle_ == closed || posix::look_at(handle_, status) != 0)
        return errno;
    size_ = static_cast<std::uint64_t>(status.st_size);
    return (status.st_mode & S_IFMT) == S_IFREG ? 0 : EISDIR;
}

STET_INLINE std::uint64_t readable_file::size_now() const noexcept
{
    posix::file_status status{};
    return posix::look_at(handle_, status) != 0 ? size_ : static_cast<std::uint64_t>(status.st_size);
}

STET_INLINE os_result readable_file::read_some(std::uint64_t        offset,
                                               std::span<std::byte> buffer) const noexcept
{
    // No file reaches that far.
    const auto place = static_cast<posix::file_offset>(offset);
    if (place < 0 || static_cast<std::uint64_t>(place) != offset)
        return {.value = -1, .error = EOVERFLOW};
    const auto count = posix::read_from(handle_, buffer.data(), buffer.size(), place);
    return count < 0 ? os_result{.value = -1, .error = errno} : os_result{.value = count, .error = 0};
}

STET_INLINE void readable_file::release() const noexcept
{
    if (handle_ != closed)
        static_cast<void>(::close(handle_));
}

#endif

STET_INLINE error opening_error(int os_code, std::string_view path) noexcept
{
    const bool is_missing = os_code == ENOENT || os_code == ENOTDIR || os_code == EILSEQ || os_code == EINVAL;
    const errc code = is_missing ? errc::file_missing : errc_of(os_code);
    return error{.code = code, .os_code = os_code}.about(path);
}

STET_INLINE result<readable_file> readable_file::open(const char* path)
{
    readable_file file;
    if (const int failed = file.acquire(path); failed != 0)
        return opening_error(failed, path);
    return result<readable_file>(std::move(file));
}

STET_INLINE readable_file::readable_file(readable_file&& other) noexcept
    : handle_(std::exchange(other.handle_, closed)), size_(other.size_)
{
}

STET_INLINE readable_file& readable_file::operator=(readable_file&& other) noexcept
{
    std::swap(handle_, other.handle_);
    std::swap(size_, other.size_);
    return *this;
}

STET_INLINE file_handle readable_file::handle() const noexcept
{
    if (handle_ == closed)
        return no_handle;
#if defined(_WIN32)
    return reinterpret_cast<file_handle>(handle_);
#else
    return handle_;
#endif
}

STET_INLINE void readable_file::close() noexcept
{
    release();
    handle_ = closed;
}

STET_INLINE result<void> readable_file::read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept
{
    constexpr std::size_t most = std::size_t{1} << 30U; // below what every system refuses
    const std::uint64_t   wanted = offset + buffer.size();
    while (!buffer.empty()) {
        const std::size_t asked = buffer.size() < most ? buffer.size() : most;
        const os_result   got = read_some(offset, buffer.first(asked));
        if (got.error == EINTR)
            continue;
        if (got.error != 0)
            return os_error(got.error, system_step::read, {});
        if (got.value == 0)
            return error{.code = errc::incomplete_data, .expected = wanted, .actual = size_now()};
        buffer = buffer.subspan(static_cast<std::size_t>(got.value));
        offset += static_cast<std::uint64_t>(got.value);
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
