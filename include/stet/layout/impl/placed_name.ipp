// SPDX-License-Identifier: MIT
#include "../placed_name.hpp"

namespace STET_NAMESPACE {

STET_INLINE std::string placed_name::text() const
{
    std::string joined(prefix);
    joined += stem;
    return joined;
}

} // namespace STET_NAMESPACE
