// SPDX-License-Identifier: MIT
#include <stet/tensor/axes.hpp>
#include <stet/tensor/impl/axis_iterator.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <iterator>

using iterator = stet::detail::axis_iterator<std::uint64_t>;

static_assert(std::forward_iterator<iterator>);

TEST_CASE("a walk over axes gives each number once, also of a list that is borrowed")
{
    const std::array<int, 9> long_list{1, 2, 3, 4, 5, 6, 7, 8, 9};
    const stet::extents      shape(long_list);
    std::uint64_t            expected = 1;
    for (iterator at(shape, 0); at != iterator(shape, shape.rank()); at++)
        CHECK(*at == expected++);
    CHECK(expected == 10);
}
