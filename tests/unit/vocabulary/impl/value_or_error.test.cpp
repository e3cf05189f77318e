// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/value_or_error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using stet::errc;
using stet::error;
using stet::detail::value_or_error;

static_assert(std::is_trivially_copyable_v<value_or_error<int>>);
static_assert(!std::is_copy_constructible_v<value_or_error<std::unique_ptr<int>>>);
static_assert(sizeof(value_or_error<int>) <= sizeof(error) + alignof(error),
              "the one or the other, not both");

TEST_CASE("a value is replaced by an error and an error by a value")
{
    value_or_error<std::string>       held(std::string(100, 'x'));
    const value_or_error<std::string> failed(error{.code = errc::disk_full});
    CHECK(held.has_value);

    held = failed;
    CHECK_FALSE(held.has_value);
    CHECK(held.failure.code == errc::disk_full);

    held = value_or_error<std::string>(std::string(50, 'y'));
    REQUIRE(held.has_value);
    CHECK(held.value == std::string(50, 'y'));

    const value_or_error<std::string> moved = std::move(held);
    CHECK(moved.value == std::string(50, 'y'));
}
