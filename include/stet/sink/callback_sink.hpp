// SPDX-License-Identifier: MIT
#ifndef STET_SINK_CALLBACK_SINK_HPP
#define STET_SINK_CALLBACK_SINK_HPP

#include <cstdint>

#include "../vocabulary/config.hpp"
#include "sink.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

/// A plain C function takes the bytes: engines' file systems, sockets, compressors.
/// write:  returns 0 when all bytes were taken, else a code of its own
/// errors: sink_refused, with that code in os_code
class callback_sink {
public:
    using function = int (*)(void* context, const void* data, std::size_t size);

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

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/callback_sink.ipp"
#endif

#endif
