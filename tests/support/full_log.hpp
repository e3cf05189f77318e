// SPDX-License-Identifier: MIT
// Logs that need more memory soon, at one place or another.
#ifndef STET_TESTS_SUPPORT_FULL_LOG_HPP
#define STET_TESTS_SUPPORT_FULL_LOG_HPP

#include "support/short_memory.hpp"

#include <stet/families/rearrangement.hpp>
#include <stet/vocabulary/borrowed.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace support {

/// Fills a log up: that many changes are in it, and its arena has room for that many of the smallest objects.
/// returns: false when the allocator gave nothing
[[nodiscard]] inline bool fill_up(stet::change_log& log, std::size_t level)
{
    constexpr std::size_t first_block = std::size_t{16} << 10U;
    for (std::size_t i = 0; i < level; ++i) {
        if (!log.changes.push({}))
            return false;
    }
    return log.own.text(first_block - level * alignof(std::max_align_t)) != nullptr;
}

/// As allocations_needed, with logs filled up to each level below `levels`, so that memory is missing in turn wherever
/// one grows.
/// run:     callable with the log and its allocator; returns the name of the error, or "none"
/// returns: the fewest allocations that were needed
template <class Run>
std::size_t fewest_allocations_with_full_log(std::size_t levels, Run run)
{
    std::size_t fewest = SIZE_MAX;
    for (std::size_t level = 0; level < levels; ++level) {
        const std::size_t needed = allocations_needed([&](const stet::allocator& memory) -> std::string_view {
            stet::change_log log(memory);
            return fill_up(log, level) ? run(log, memory) : "out_of_memory";
        });
        fewest = std::min(fewest, needed);
    }
    return fewest;
}

} // namespace support

#endif
