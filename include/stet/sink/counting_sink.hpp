// SPDX-License-Identifier: MIT
#ifndef STET_SINK_COUNTING_SINK_HPP
#define STET_SINK_COUNTING_SINK_HPP

#include "../vocabulary/config.hpp"
#include "sink.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

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
#include "impl/counting_sink.ipp"
#endif

#endif
