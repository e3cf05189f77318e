// SPDX-License-Identifier: MIT
// A file on disk as a source, by the system's calls. Not part of stet.hpp.
#ifndef STET_READ_FILE_SOURCE_HPP
#define STET_READ_FILE_SOURCE_HPP

#include "../result/result.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>
#include <utility>
#if defined(_WIN32)
#include <io.h>
#include <share.h>
#else
#include <unistd.h>
#endif

namespace stet::inline v0_1 {

namespace detail {

/// An errno of a call that reads, as an error.
inline error reading_error(int code) noexcept
{
    struct meaning {
        int  code;
        errc means;
    };
    constexpr meaning meanings[] = {
        {ENOENT, errc::file_missing},
        {EACCES, errc::permission_denied},
        {EPERM, errc::permission_denied},
        {EISDIR, errc::not_a_regular_file},
        {EMFILE, errc::too_many_open_files},
        {ENFILE, errc::too_many_open_files},
        {ENAMETOOLONG, errc::file_name_too_long},
        {ENOMEM, errc::out_of_memory},
#if defined(ELOOP)
        {ELOOP, errc::too_many_links},
#endif
    };
    for (const meaning& known : meanings) {
        if (known.code == code)
            return {.code = known.means, .os_code = code};
    }
    return {.code = errc::io_failure, .os_code = code};
}

/// A descriptor that is closed in the end.
class open_file {
public:
    explicit open_file(int descriptor) noexcept : descriptor_(descriptor) {}
    open_file(open_file&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    open_file& operator=(open_file&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file()
    {
        if (descriptor_ >= 0)
#if defined(_WIN32)
            static_cast<void>(::_close(descriptor_));
#else
            static_cast<void>(::close(descriptor_));
#endif
    }

    int number() const noexcept
    {
        return descriptor_;
    }

private:
    int descriptor_;
};

/// The size of a regular file.
/// errors: not_a_regular_file and those of the system
inline result<std::uint64_t> regular_size(const open_file& file) noexcept
{
#if defined(_WIN32)
    struct ::_stat64 status {};
    if (::_fstat64(file.number(), &status) != 0)
        return reading_error(errno);
    if ((status.st_mode & _S_IFMT) != _S_IFREG)
        return error{.code = errc::not_a_regular_file};
#else
    struct ::stat status {};
    if (::fstat(file.number(), &status) != 0)
        return reading_error(errno);
    if ((status.st_mode & S_IFMT) != S_IFREG)
        return error{.code = errc::not_a_regular_file};
#endif
    return static_cast<std::uint64_t>(status.st_size);
}

/// Opens a file to read it; a pipe is not waited for.
inline result<open_file> open_to_read(const char* path) noexcept
{
#if defined(_WIN32)
    int       descriptor = -1;
    const int failed = ::_sopen_s(&descriptor, path, _O_RDONLY | _O_BINARY | _O_NOINHERIT, _SH_DENYNO, 0);
    if (failed != 0)
        return reading_error(failed).about(path);
#else
    const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return reading_error(errno).about(path);
#endif
    return open_file(descriptor);
}

} // namespace detail

/// A file on disk, read at the places asked for. On POSIX systems several threads may read from one.
class file_source {
public:
    /// path:   ends with NUL; on Windows in the program's code page
    /// errors: file_missing, permission_denied, not_a_regular_file, too_many_open_files, too_many_links,
    ///         file_name_too_long, out_of_memory, io_failure
    static result<file_source> open(const char* path) noexcept
    {
        auto file = detail::open_to_read(path);
        if (!file)
            return file.error();
        const auto size = detail::regular_size(*file);
        if (!size)
            return size.error().about(path);
        return file_source(*std::move(file), *size);
    }

    /// As it was when the file was opened.
    std::uint64_t size() const noexcept { return size_; }

    /// errors: incomplete_data when the file ends before the buffer is full; io_failure
    result<void> read(std::uint64_t offset, std::span<std::byte> buffer) noexcept
    {
        constexpr std::size_t most = std::size_t{1} << 30U; // below what every system refuses
        const std::uint64_t   wanted = offset + buffer.size();
        while (!buffer.empty()) {
            const std::size_t  asked = buffer.size() < most ? buffer.size() : most;
            const std::int64_t count = read_some(offset, buffer.first(asked));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return detail::reading_error(errno);
            if (count == 0)
                return error{.code = errc::incomplete_data, .expected = wanted, .actual = offset};
            buffer = buffer.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::uint64_t>(count);
        }
        return {};
    }

private:
    file_source(detail::open_file file, std::uint64_t size) noexcept : file_(std::move(file)), size_(size) {}

    std::int64_t read_some(std::uint64_t offset, std::span<std::byte> buffer) noexcept
    {
#if defined(_WIN32)
        if (::_lseeki64(file_.number(), static_cast<std::int64_t>(offset), SEEK_SET) < 0)
            return -1;
        return ::_read(file_.number(), buffer.data(), static_cast<unsigned>(buffer.size()));
#else
        // Only where file offsets have 32 bits can this one not be said.
        const auto place = static_cast<off_t>(offset);
        if (place < 0 || static_cast<std::uint64_t>(place) != offset) {
            errno = EOVERFLOW;
            return -1;
        }
        return ::pread(file_.number(), buffer.data(), buffer.size(), place);
#endif
    }

    detail::open_file file_;
    std::uint64_t     size_;
};

} // namespace stet::inline v0_1

#endif
