// SPDX-License-Identifier: MIT
// How far numbers are apart, as it is defined, to compare the fast ways with.
#ifndef STET_TESTS_SUPPORT_NAIVE_DIFFERENCE_HPP
#define STET_TESTS_SUPPORT_NAIVE_DIFFERENCE_HPP

#include <stet/diffs/diff.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace support {

/// As it is defined, pair by pair.
inline stet::diffs::difference naive_difference(const std::vector<double>& one,
                                                const std::vector<double>& other)
{
    stet::diffs::difference found{.elements = one.size()};
    for (std::size_t i = 0; i < one.size(); ++i) {
        if ((std::isnan(one[i]) && std::isnan(other[i])) || !(one[i] < other[i] || one[i] > other[i])) {
            if (std::isnan(one[i]) == std::isnan(other[i]))
                continue;
        }
        ++found.differing;
        const double distance = std::abs(one[i] - other[i]);
        if (!std::isfinite(distance)) {
            ++found.infinite;
            continue;
        }
        found.largest = std::max(found.largest, distance);
        found.sum += distance;
    }
    return found;
}

/// Counts must be equal, distances to a float's precision.
inline void check_equal(const stet::diffs::difference& found, const stet::diffs::difference& expected)
{
    CHECK(found.elements == expected.elements);
    CHECK(found.differing == expected.differing);
    CHECK(found.infinite == expected.infinite);
    CHECK(std::abs(found.largest - expected.largest) <= 0x1p-24 * expected.largest);
    CHECK(std::abs(found.sum - expected.sum) <= 0x1p-24 * expected.sum);
}

} // namespace support

#endif
