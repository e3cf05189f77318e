// SPDX-License-Identifier: MIT
// What somebody who mistyped a name may have meant.
#ifndef EXAMPLE_CLOSE_NAMES_HPP
#define EXAMPLE_CLOSE_NAMES_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

inline char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour to make one name of the
/// other; case is free.
inline std::size_t distance(std::string_view one, std::string_view other)
{
    const auto same = [&](std::size_t i, std::size_t k) { return lower(one[i]) == lower(other[k]); };
    std::vector<std::size_t> before(other.size() + 1), last(other.size() + 1), row(other.size() + 1);
    for (std::size_t k = 0; k < row.size(); ++k)
        row[k] = k;
    for (std::size_t i = 0; i < one.size(); ++i) {
        before = std::exchange(last, row);
        row[0] = i + 1;
        for (std::size_t k = 0; k < other.size(); ++k) {
            row[k + 1] = std::min({last[k] + (same(i, k) ? 0 : 1), last[k + 1] + 1, row[k] + 1});
            if (i > 0 && k > 0 && same(i, k - 1) && same(i - 1, k))
                row[k + 1] = std::min(row[k + 1], before[k - 1] + 1);
        }
    }
    return row.back();
}

/// The names that come closest, three at most; none if all are far away.
inline std::vector<std::string_view> close_names(std::string_view                  wanted,
                                                 std::span<const std::string_view> known)
{
    std::size_t                   least = std::max<std::size_t>(2, wanted.size() / 3);
    std::vector<std::string_view> closest;
    for (const std::string_view name : known) {
        const std::size_t apart = distance(wanted, name);
        if (apart >= wanted.size() || apart > least)
            continue;
        if (apart < least)
            closest.clear();
        least = apart;
        if (closest.size() < 3)
            closest.push_back(name);
    }
    return closest;
}

/// " (did you mean 'SDXL' or 'SD3'?)", or nothing.
inline std::string suggestion(std::string_view wanted, std::span<const std::string_view> known)
{
    std::string text;
    for (const std::string_view name : close_names(wanted, known)) {
        text += text.empty() ? " (did you mean '" : " or '";
        text += name;
        text += '\'';
    }
    return text.empty() ? text : text + "?)";
}

} // namespace example

#endif
