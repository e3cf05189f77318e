// SPDX-License-Identifier: MIT
#include "../layouts.hpp"
#include "openclip_conversion.hpp"

#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<void> detail::to_openclip_vision(rearrangement& work, std::string_view prefix)
{
    auto converted = to_openclip(openclip_vision, work, "");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    return work.rename_prefix("", prefix);
}

} // namespace STET_NAMESPACE
