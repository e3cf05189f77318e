// SPDX-License-Identifier: MIT
// Logs that need more memory soon, at one place or another.
#ifndef STET_TESTS_SUPPORT_FULL_LOG_HPP
#define STET_TESTS_SUPPORT_FULL_LOG_HPP

#include <stet/rearrange/rearrangement.hpp>

#include <cstddef>

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

} // namespace support

#endif
