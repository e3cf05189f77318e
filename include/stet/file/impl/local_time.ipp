// SPDX-License-Identifier: MIT
#include "../local_time.hpp"

#include <ctime>

namespace STET_NAMESPACE {

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
