// SPDX-License-Identifier: MIT
#include "iso_8601.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE std::string iso_8601(const calendar_time& moment)
{
    return expand_placeholders("%date:yyyy-MM-ddThh:mm:ss%", {.time = moment});
}

} // namespace STET_NAMESPACE::detail
