// SPDX-License-Identifier: MIT
#ifndef STET_SINK_SPAN_SINK_HPP
#define STET_SINK_SPAN_SINK_HPP

#include "../vocabulary/config.hpp"
#include "sink.hpp"

#include <cstddef>
#include <span>

namespace STET_NAMESPACE {

/// Fills memory of the caller's, never past its end. Lends what is left of it.
/// errors:   sink_full, with nothing of the refused piece written
/// lifetime: borrows the memory
class span_sink {
public:
    explicit span_sink(std::span<std::byte> memory STET_LIFETIME_BOUND) noexcept : memory_(memory) {}

    result<void> write(bytes data) noexcept;

    /// The memory that is left.
    result<std::span<std::byte>> lend(std::size_t) noexcept { return memory_.subspan(size_); }

    /// Bytes written so far.
    std::size_t size() const noexcept { return size_; }
    bytes       written() const noexcept { return memory_.first(size_); }

private:
    std::span<std::byte> memory_;
    std::size_t          size_ = 0;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/span_sink.ipp"
#endif

#endif
