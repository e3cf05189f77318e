// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_SORTED_RANGE_HPP
#define STET_VOCABULARY_IMPL_SORTED_RANGE_HPP

#include "../borrowed.hpp"

#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// How many elements stand before the one that is looked for, which is the position of the first that does not.
/// is_before: true of so many elements at the beginning, and of no other
template <class Element, class Test>
std::size_t count_before(array_view<Element> sorted, Test is_before) noexcept
{
    std::size_t before = 0;
    for (std::size_t rest = sorted.size(); rest > 0;) {
        const std::size_t half = rest / 2;
        const bool        is_middle_before = is_before(sorted[before + half]);
        before += is_middle_before ? half + 1 : 0;
        rest = is_middle_before ? rest - half - 1 : half;
    }
    return before;
}

/// Whether one of the texts begins so.
inline bool any_starts_with(array_view<const std::string_view> sorted, std::string_view beginning) noexcept
{
    const std::size_t first = count_before(sorted, [&](std::string_view text) { return text < beginning; });
    return first < sorted.size() && sorted[first].starts_with(beginning);
}

} // namespace STET_NAMESPACE::detail

#endif
