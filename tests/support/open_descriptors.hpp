// SPDX-License-Identifier: MIT
// How many descriptors the process has open.
#ifndef STET_TESTS_SUPPORT_OPEN_DESCRIPTORS_HPP
#define STET_TESTS_SUPPORT_OPEN_DESCRIPTORS_HPP

#include <cstddef>
#include <filesystem>
#include <system_error>

namespace support {

/// Compared with itself before and after, this tells whether something was left open. Always 0 where the
/// system does not say, as Windows, whose threads keep handles for a while; wine would show those of its own there.
inline std::size_t open_descriptors()
{
#if defined(_WIN32)
    return 0;
#else
    std::error_code ignored;
    std::size_t     count = 0;
    for (auto at = std::filesystem::directory_iterator("/proc/self/fd", ignored);
         at != std::filesystem::directory_iterator(); at.increment(ignored))
        ++count;
    return count;
#endif
}

} // namespace support

#endif
