// SPDX-License-Identifier: MIT
// A file opened to be read, by the system's calls. Not part of stet.hpp.
#ifndef STET_FILE_IMPL_READABLE_FILE_HPP
#define STET_FILE_IMPL_READABLE_FILE_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../file_system.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

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

    /// The first bytes of the file in memory, until unmap().
    /// size: not 0 and no more than the file has
    mapping     map(std::size_t size) const noexcept;
    static void unmap(void* memory, std::size_t size) noexcept;

    /// Brings mapped bytes into memory at once, as far as the system can: the rest comes when it is touched.
    static void populate(std::span<const std::byte> memory) noexcept;

private:
#if defined(_WIN32)
    using native = void*;
    static constexpr native closed = nullptr;
#else
    using native = int;
    static constexpr native closed = -1;
#endif

    readable_file() = default;

    /// Opens the file. Returns 0 or an errno.
    int acquire(const char* path);

    os_result read_some(std::uint64_t offset, std::span<std::byte> buffer) const noexcept;

    /// The file's size at this moment.
    std::uint64_t size_now() const noexcept;

    void release() const noexcept;

    native        handle_ = closed;
    std::uint64_t size_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "readable_file.ipp"
#endif

#endif
