// SPDX-License-Identifier: MIT
#ifndef STET_SINK_SINKS_HPP
#define STET_SINK_SINKS_HPP

#include "../vocabulary/config.hpp"
#include "sink.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

/// std::vector<std::byte>, std::string and their like: elements of one byte, inserted at the end by pointer range.
template <class Container>
concept byte_container = requires(Container& c, const typename Container::value_type* p) {
    requires sizeof(typename Container::value_type) == 1;
    requires std::is_trivially_copyable_v<typename Container::value_type>;
    c.insert(c.end(), p, p);
};

} // namespace detail

/// Appends to a byte container of the caller's.
/// errors:   none of its own; the container grows as its own allocator does
/// lifetime: borrows the container
template <detail::byte_container Container>
class append_sink {
public:
    /// Whatever it takes goes to the end of the container.
    explicit append_sink(Container& container STET_LIFETIME_BOUND) noexcept : container_(&container) {}

    result<void> write(bytes data)
    {
        using element = typename Container::value_type;
        const auto* const first = reinterpret_cast<const element*>(data.data());
        container_->insert(container_->end(), first, first + data.size());
        return {};
    }

private:
    Container* container_;
};

template <class Container>
append_sink(Container&) -> append_sink<Container>;

/// Fills memory of the caller's, never past its end. Lends what is left of it.
/// errors:   sink_full, with nothing of the refused piece written
/// lifetime: borrows the memory
class span_sink {
public:
    /// Fills that memory from its start.
    explicit span_sink(std::span<std::byte> memory STET_LIFETIME_BOUND) noexcept : memory_(memory) {}

    result<void> write(bytes data) noexcept;

    /// The memory that is left.
    result<std::span<std::byte>> lend(std::size_t) noexcept;

    /// Bytes written so far.
    std::size_t size() const noexcept { return size_; }
    /// What has been written.
    bytes written() const noexcept;

private:
    std::span<std::byte> memory_;
    std::size_t          size_ = 0;
};

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
#include "impl/sinks.ipp"
#endif

#endif
