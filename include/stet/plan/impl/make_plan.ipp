// SPDX-License-Identifier: MIT
#include "../make_plan.hpp"

namespace STET_NAMESPACE {

STET_INLINE error detail::prefixed_key(std::string_view key, std::string_view prefix) noexcept
{
    return error{.code = errc::prefixed_key}.about(key).with(prefix);
}

} // namespace STET_NAMESPACE
