// SPDX-License-Identifier: MIT
#include "../native_file_system.hpp"
#include "posix_file_system.hpp"
#include "windows_file_system.hpp"

#include <ctime>

namespace STET_NAMESPACE {

STET_INLINE const file_system& native_file_system() noexcept
{
    static constexpr file_system calls = detail::native_calls();
    return calls;
}

STET_INLINE std::optional<calendar_time> local_time() noexcept
{
    const std::time_t now = std::time(nullptr);
    std::tm           parts{};
#if defined(_WIN32)
    const bool known = localtime_s(&parts, &now) == 0;
#else
    const bool known = localtime_r(&now, &parts) != nullptr;
#endif
    if (!known)
        return std::nullopt;
    return calendar_time{.year = static_cast<unsigned>(parts.tm_year + 1900),
                         .month = static_cast<unsigned>(parts.tm_mon + 1),
                         .day = static_cast<unsigned>(parts.tm_mday),
                         .hour = static_cast<unsigned>(parts.tm_hour),
                         .minute = static_cast<unsigned>(parts.tm_min),
                         .second = static_cast<unsigned>(parts.tm_sec)};
}

} // namespace STET_NAMESPACE
