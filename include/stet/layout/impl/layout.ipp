// SPDX-License-Identifier: MIT

#include "../layout.hpp"

namespace STET_NAMESPACE {

STET_INLINE int placed_name::compare(const placed_name& other) const noexcept
{
    if (prefix.size() == other.prefix.size()) {
        const int order = prefix.compare(other.prefix);
        return order != 0 ? order : stem.compare(other.stem);
    }
    const std::size_t shared = size() < other.size() ? size() : other.size();
    for (std::size_t at = 0; at < shared; ++at) {
        const auto ours = static_cast<unsigned char>((*this)[at]);
        const auto theirs = static_cast<unsigned char>(other[at]);
        if (ours != theirs)
            return ours < theirs ? -1 : 1;
    }
    return (size() > other.size() ? 1 : 0) - (size() < other.size() ? 1 : 0);
}

STET_INLINE std::string placed_name::text() const
{
    std::string joined(prefix);
    joined += stem;
    return joined;
}

} // namespace STET_NAMESPACE
