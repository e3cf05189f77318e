// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/errc_count.hpp>

#include <catch2/catch_test_macros.hpp>

static_assert(stet::detail::errc_count == 116);

TEST_CASE("the last code is the one that was added last")
{
    CHECK(static_cast<stet::errc>(stet::detail::errc_count) == stet::errc::foreign_prefix);
}
