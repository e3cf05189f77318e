// SPDX-License-Identifier: MIT
#include <stet/read/impl/position_iterator.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <iterator>

namespace {

struct squares {
    using iterator = stet::detail::position_iterator<squares, std::size_t>;

    static std::size_t entry_at(std::size_t position) noexcept { return position * position; }
    iterator           at(std::size_t position) const noexcept { return {*this, position}; }
};

} // namespace

static_assert(std::random_access_iterator<squares::iterator> &&
              std::sized_sentinel_for<squares::iterator, squares::iterator>);

TEST_CASE("an iterator moves as one of random access and is compared by its place")
{
    const squares all;
    auto          at = all.at(3);
    CHECK(*at == 9);
    CHECK(at[2] == 25);
    CHECK(*at++ == 9);
    CHECK(*at == 16);
    CHECK(*at-- == 16);
    CHECK(*++at == 16);
    CHECK(*--at == 9);
    CHECK(*(at += 4) == 49);
    CHECK(*(at -= 2) == 25);
    CHECK(*(at + 1) == 36);
    CHECK(*(1 + at) == 36);
    CHECK(*(at - 5) == 0);
    CHECK(at - all.at(2) == 3);
    CHECK(all.at(2) < at);
    CHECK(at == all.at(5));
    CHECK(squares::iterator() == squares::iterator());
    const squares others;
    CHECK(at != others.at(5));
}
