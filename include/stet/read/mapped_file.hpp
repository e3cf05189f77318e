// SPDX-License-Identifier: MIT
// A file mapped into memory. Not part of stet.hpp.
#ifndef STET_READ_MAPPED_FILE_HPP
#define STET_READ_MAPPED_FILE_HPP

#include "../file/readable_file.hpp"
#include "../vocabulary/impl/memory_size.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace STET_NAMESPACE {

/// A file's bytes, read by the system when they are touched. The tensors of a file that starts at a page's boundary
/// are aligned as checkpoint_header::alignment says.
/// lifetime: the bytes go with this object. On POSIX systems the file may be replaced meanwhile, the bytes stay; a file
///           cut short kills the program that touches what is gone. On Windows a save over the file is refused with
///           file_in_use until this object is gone
class mapped_file {
public:
    /// path:   ends with NUL; UTF-8 on Windows, of any length
    /// errors: those of file_source::open; file_too_large for more bytes than fit into memory
    static result<mapped_file> open(const char* path)
    {
        auto file = detail::readable_file::open(path);
        if (!file)
            return file.error();
        if (file->size() > SIZE_MAX / 2)
            return error{.code = errc::file_too_large, .expected = file->size()}.about(path);
        if (file->size() == 0)
            return mapped_file(*std::move(file), nullptr, 0); // nothing can be mapped, nothing is needed
        const auto length = detail::memory_size(file->size());
        const auto mapped = file->map(length);
        if (mapped.error != 0)
            return os_error(mapped.error, path);
        return mapped_file(*std::move(file), mapped.memory, length);
    }

    mapped_file(mapped_file&& other) noexcept
        : file_(std::move(other.file_)), memory_(std::exchange(other.memory_, nullptr)),
          size_(std::exchange(other.size_, 0))
    {
    }
    mapped_file& operator=(mapped_file&& other) noexcept
    {
        std::swap(file_, other.file_);
        std::swap(memory_, other.memory_);
        std::swap(size_, other.size_);
        return *this;
    }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file()
    {
        if (memory_ != nullptr)
            detail::readable_file::unmap(memory_, size_);
    }

    std::span<const std::byte> bytes() const noexcept
    {
        return {static_cast<const std::byte*>(memory_), size_};
    }

    /// The file itself, open as long as this object is there, for those who share its blocks. None on Windows, where a
    /// mapping does without, and of an empty file.
    file_handle handle() const noexcept { return file_.handle(); }

private:
    mapped_file(detail::readable_file file, void* memory, std::size_t size) noexcept
        : file_(std::move(file)), memory_(memory), size_(size)
    {
#if defined(_WIN32)
        file_.close();
#else
        if (memory == nullptr)
            file_.close();
#endif
    }

    detail::readable_file file_;
    void*                 memory_;
    std::size_t           size_;
};

/// Lets the system bring mapped bytes into memory at once instead of page by page, as far as it can: the prefetch of a
/// save whose tensors are mapped, which it makes about twice as fast. Harmless for memory of any kind.
inline void populate_pages(std::span<const std::byte> soon_read) noexcept
{
    if (!soon_read.empty())
        detail::readable_file::populate(soon_read);
}

} // namespace STET_NAMESPACE

#endif
