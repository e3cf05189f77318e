// SPDX-License-Identifier: MIT
#ifndef STET_SINK_CALLBACK_SINK_HPP
#define STET_SINK_CALLBACK_SINK_HPP

#include "../vocabulary/config.hpp"
#include "sink.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

/// A plain C function takes the bytes: engines' file systems, sockets, compressors.
/// write:  returns 0 when all bytes were taken, else a code of its own
/// errors: sink_refused, with that code in os_code
class callback_sink {
public:
    /// Returns 0, or a code of its own, which the error holds.
    using function = int (*)(void* context, const void* data, std::size_t size);

    /// A C function that takes bytes, and what it is handed.
    constexpr callback_sink(function take, void* context) noexcept : take_(take), context_(context) {}

    result<void> write(bytes data);

private:
    function take_;
    void*    context_;
};

/// Counts what it is given and keeps nothing: a dry run.
class counting_sink {
public:
    result<void> write(bytes data) noexcept;

    std::uint64_t size() const noexcept { return size_; }

private:
    std::uint64_t size_ = 0;
};

/// Joins small pieces in one block before a costly sink; a piece as large as the block passes through uncopied. Lends
/// the block.
/// Nothing is flushed on destruction: what the last flush() returned decides.
/// lifetime: borrows the sink and the block; the block must not be empty
class staged_sink {
public:
    /// `block` is where small pieces are joined.
    staged_sink(sink_ref destination       STET_LIFETIME_BOUND,
                std::span<std::byte> block STET_LIFETIME_BOUND) noexcept;

    result<void> write(bytes data);

    result<void> write(std::string_view text) { return write(detail::bytes_of(text.data(), text.size())); }

    /// The rest of the block; the whole of it, once what is staged was handed over, where the rest is too small.
    /// errors: the sink's
    result<std::span<std::byte>> lend(std::size_t wanted);

    /// Takes a short text that fits beside what is staged, without the cost of a result; false if it does not fit.
    [[nodiscard]] bool stage(std::string_view text) noexcept;

    /// Hands over what is staged.
    result<void> flush();

private:
    void append(bytes data) noexcept;

    result<void> write_across(bytes data);

    sink_ref             destination_;
    std::span<std::byte> block_;
    std::size_t          filled_ = 0;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/callback_sink.ipp"
#endif

#endif
