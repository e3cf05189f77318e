// SPDX-License-Identifier: MIT
#ifndef STET_SINK_APPEND_SINK_HPP
#define STET_SINK_APPEND_SINK_HPP

#include "../vocabulary/config.hpp"
#include "sink.hpp"

#include <cstddef>
#include <span>
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
    result<std::span<std::byte>> lend(std::size_t) noexcept { return memory_.subspan(size_); }

    /// Bytes written so far.
    std::size_t size() const noexcept { return size_; }
    /// What has been written.
    bytes written() const noexcept { return memory_.first(size_); }

private:
    std::span<std::byte> memory_;
    std::size_t          size_ = 0;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/append_sink.ipp"
#endif

#endif
