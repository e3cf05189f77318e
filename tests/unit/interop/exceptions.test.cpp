// SPDX-License-Identifier: MIT
#ifdef __cpp_exceptions
#include <stet/interop/exceptions.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

using stet::errc;
using stet::error;
using stet::or_throw;
using stet::result;
using stet::save_error;

static_assert(std::derived_from<save_error, std::runtime_error>);
static_assert(std::is_nothrow_copy_constructible_v<save_error>);
static_assert(std::same_as<decltype(or_throw(std::declval<result<int>>())), int>);
static_assert(std::same_as<decltype(or_throw(std::declval<result<void>>())), void>);

TEST_CASE("the value of a result that succeeded is handed over")
{
    CHECK(or_throw(result<int>(7)) == 7);
    CHECK(*or_throw(result<std::unique_ptr<int>>(std::make_unique<int>(8))) == 8);
    CHECK_NOTHROW(or_throw(result<void>()));
}

TEST_CASE("the error of a result that failed is thrown with its message and its figures")
{
    const error full =
        error{.code = errc::disk_full, .os_code = 28, .expected = 4096}.about("out/a.safetensors");

    const auto check = [&](const save_error& thrown) {
        CHECK(std::string(thrown.what()) == "'out/a.safetensors': no space or quota left for 4,096 bytes");
        CHECK(thrown.error().code == errc::disk_full);
        CHECK(thrown.error().os_code == 28);
        CHECK(thrown.error().subject() == "out/a.safetensors");
    };
    int caught = 0;
    try {
        or_throw(result<int>(full));
    } catch (const save_error& thrown) {
        ++caught;
        check(thrown);
    }
    try {
        or_throw(result<void>(full));
    } catch (const save_error& thrown) {
        ++caught;
        check(thrown);
    }
    CHECK(caught == 2);
}

TEST_CASE("a save_error is caught as a runtime_error")
{
    CHECK_THROWS_AS(or_throw(result<void>(error{.code = errc::cancelled})), std::runtime_error);
}
#endif
