// SPDX-License-Identifier: MIT
// A file mapped into memory, on POSIX systems; elsewhere this header is empty. Not part of stet.hpp.
#ifndef STET_READ_MAPPED_FILE_HPP
#define STET_READ_MAPPED_FILE_HPP

#if !defined(_WIN32)

#include "../memory/memory_size.hpp"
#include "../result/result.hpp"
#include "file_source.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/mman.h>
#include <utility>

namespace stet::inline v0_1 {

/// A file's bytes, read by the system when they are touched. The tensors of a file that starts at a page's boundary
/// are aligned as checkpoint_header::alignment says.
/// lifetime: the bytes go with this object. A file cut short meanwhile kills the program that touches what is gone
class mapped_file {
public:
    /// path:   ends with NUL
    /// errors: those of file_source::open; file_too_large for more bytes than fit into memory
    static result<mapped_file> open(const char* path) noexcept
    {
        auto file = detail::open_to_read(path);
        if (!file)
            return file.error();
        const auto size = detail::regular_size(*file);
        if (!size)
            return size.error().about(path);
        if (*size > SIZE_MAX / 2)
            return error{.code = errc::file_too_large, .expected = *size}.about(path);
        if (*size == 0)
            return mapped_file(nullptr, 0); // nothing can be mapped, nothing is needed
        const auto  length = memory_size(*size);
        void* const memory = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file->number(), 0);
        if (memory == MAP_FAILED)
            return detail::reading_error(errno).about(path);
        return mapped_file(memory, length);
    }

    mapped_file(mapped_file&& other) noexcept
        : memory_(std::exchange(other.memory_, nullptr)), size_(std::exchange(other.size_, 0))
    {
    }
    mapped_file& operator=(mapped_file&& other) noexcept
    {
        std::swap(memory_, other.memory_);
        std::swap(size_, other.size_);
        return *this;
    }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file()
    {
        if (memory_ != nullptr)
            static_cast<void>(::munmap(memory_, size_));
    }

    std::span<const std::byte> bytes() const noexcept
    {
        return {static_cast<const std::byte*>(memory_), size_};
    }

private:
    mapped_file(void* memory, std::size_t size) noexcept : memory_(memory), size_(size) {}

    void*       memory_;
    std::size_t size_;
};

} // namespace stet::inline v0_1

#endif
#endif
