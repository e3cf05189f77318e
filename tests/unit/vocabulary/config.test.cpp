// SPDX-License-Identifier: MIT
#define STET_USER_CONFIG "support/counted_assert.hpp"
#include <stet/vocabulary/config.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

static_assert(STET_VERSION == STET_VERSION_MAJOR * 10000 + STET_VERSION_MINOR * 100 + STET_VERSION_PATCH);

namespace {

support::assertions ask_the_projects_own(bool condition)
{
    support::assertions counted;
    STET_ASSERT(condition, "stet: a text");
    return counted;
}

} // namespace

// What a program without a configuration of its own gets.
#undef STET_USER_CONFIG
#undef STET_ASSERT
#undef STET_VOCABULARY_CONFIG_HPP
#include <stet/vocabulary/config.hpp>

// A macro is expanded where it is used, so the default finds this one.
#undef assert
#define assert(condition) counted.count((condition), "assert")

namespace {

support::assertions ask_the_default(bool condition)
{
    support::assertions counted;
    STET_ASSERT(condition, "stet: a text");
    return counted;
}

constexpr int doubled(int number)
{
    support::assertions counted;
    STET_ASSERT(number > 0, "stet: a text");
    return number * 2 + counted.failed;
}

} // namespace

static_assert(doubled(4) == 8, "an assertion that holds is no obstacle to a constant expression");

TEST_CASE("the project's own assertion is called with the condition and the text")
{
    CHECK(ask_the_projects_own(true).held == 1);
    CHECK(ask_the_projects_own(true).failed == 0);
    CHECK(ask_the_projects_own(false).held == 0);
    CHECK(ask_the_projects_own(false).failed == 1);
    CHECK(ask_the_projects_own(false).last_text == "stet: a text");
}

TEST_CASE("without a configuration assert is called, and the text does not change the condition")
{
    CHECK(ask_the_default(true).held == 1);
    CHECK(ask_the_default(true).failed == 0);
    CHECK(ask_the_default(false).failed == 1);
    CHECK(ask_the_default(false).last_text == "assert");
}
