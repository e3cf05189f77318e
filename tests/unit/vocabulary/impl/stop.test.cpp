// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/stop.hpp>

#if !defined(_WIN32)
#include "support/child_process.hpp"

#include <catch2/catch_test_macros.hpp>

static_assert(noexcept(stet::detail::stop()));

TEST_CASE("stopping ends the program in every build")
{
    CHECK(support::goes_on([] {}));
    CHECK_FALSE(support::goes_on([] { stet::detail::stop(); }));
}
#endif
