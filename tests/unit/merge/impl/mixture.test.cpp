// SPDX-License-Identifier: MIT
#include <stet/merge/impl/mixture.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

static_assert(std::is_trivially_copyable_v<stet::detail::mixture>);

TEST_CASE("a mixture of nothing said is the first's, and is refused where numbers are lost")
{
    const stet::detail::mixture usual;
    CHECK(usual.how == stet::detail::blend::first);
    CHECK(usual.of[1].layer == nullptr);
    CHECK(usual.x == 1);
    CHECK(usual.y == 1);
    CHECK(usual.skip == 0);
    CHECK_FALSE(usual.keep_not_finite);
    CHECK(usual.said == nullptr);
}
