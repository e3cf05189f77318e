// SPDX-License-Identifier: MIT
#ifndef STET_READ_BYTE_SOURCE_HPP
#define STET_READ_BYTE_SOURCE_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

/// A file to read from, wherever it lies.
/// size: bytes of the file
/// read: fills the whole buffer with the bytes at that offset, or fails
/// Both are called on the thread that opens, reads or writes the tensor, so on several at once where tensors are written
/// in parallel; they may throw where the program has exceptions, which passes through and leaks nothing, but not while
/// other threads write; they may read other files by this library, and other places of this one.
template <class Source>
concept byte_source = requires(Source& source, std::uint64_t offset, std::span<std::byte> buffer) {
    {
        source.size()
    } -> std::same_as<std::uint64_t>;
    {
        source.read(offset, buffer)
    } -> std::same_as<result<void>>;
};

/// Any source, borrowed: three words, no allocation.
/// lifetime: the source must outlive every use
class source_ref {
public:
    /// Any type with `size` and `read`.
    template <class Source>
    requires(byte_source<Source> && !std::same_as<std::remove_cv_t<Source>, source_ref>)
    constexpr source_ref(Source& source STET_LIFETIME_BOUND) noexcept
        : object_(const_cast<void*>(static_cast<const void*>(&source))), // made Source* again, const or not
          size_([](void* object) { return static_cast<Source*>(object)->size(); }),
          read_([](void* object, std::uint64_t offset, std::span<std::byte> buffer) {
              return static_cast<Source*>(object)->read(offset, buffer);
          })
    {
    }

    std::uint64_t size() const { return size_(object_); }
    result<void>  read(std::uint64_t offset, std::span<std::byte> buffer) const;

private:
    void* object_;
    std::uint64_t (*size_)(void*);
    result<void> (*read_)(void*, std::uint64_t, std::span<std::byte>);
};

/// Bytes in memory as a source.
/// errors:   incomplete_data for a range beyond them
/// lifetime: borrows the bytes
class span_source {
public:
    /// Memory that holds a whole file.
    constexpr explicit span_source(std::span<const std::byte> content STET_LIFETIME_BOUND) noexcept
        : content_(content)
    {
    }

    std::uint64_t size() const noexcept { return content_.size(); }
    result<void>  read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept;

private:
    std::span<const std::byte> content_;
};

/// A plain C function gives the bytes: engines' file systems, archives, ranged downloads. What byte_source says of
/// threads, exceptions and calls from within holds for it.
/// fill:   fills the buffer with `size` bytes from `offset` and returns 0, else a code of its own
/// errors: source_refused, with that code in os_code, the bytes asked for in `expected` and their offset in `actual`
class callback_source {
public:
    /// Returns 0, or a code of its own, which the error holds.
    using function = int (*)(void* context, std::uint64_t offset, void* buffer, std::size_t size);

    /// A C function that reads, and the size of what it reads from.
    constexpr callback_source(function fill, void* context, std::uint64_t file_size) noexcept
        : fill_(fill), context_(context), size_(file_size)
    {
    }

    std::uint64_t size() const noexcept { return size_; }
    result<void>  read(std::uint64_t offset, std::span<std::byte> buffer) const;

private:
    function      fill_;
    void*         context_;
    std::uint64_t size_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/byte_source.ipp"
#endif

#endif
