// SPDX-License-Identifier: MIT
#include "findings.hpp"

#include <cstring>

namespace STET_NAMESPACE::quantised {

STET_INLINE bool findings::add(const finding& one) noexcept
{
    finding kept = one;
    return keep(kept.layer) && keep(kept.tensor) && keep(kept.expected) && keep(kept.found) &&
           all_.push(kept);
}

STET_INLINE bool findings::keep(std::string_view& text) noexcept
{
    if (text.empty())
        return true;
    char* const copy = texts_.text(text.size());
    if (copy == nullptr)
        return false;
    std::memcpy(copy, text.data(), text.size());
    text = {copy, text.size()};
    return true;
}

} // namespace STET_NAMESPACE::quantised
