// SPDX-License-Identifier: MIT
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("the system's table has every call a save needs")
{
    constexpr stet::file_system calls = stet::native_file_system();
    STATIC_REQUIRE(calls.open_folder != nullptr);
    STATIC_REQUIRE(calls.make_folder != nullptr);
    STATIC_REQUIRE(calls.inspect != nullptr);
    STATIC_REQUIRE(calls.read_link != nullptr);
    STATIC_REQUIRE(calls.list != nullptr);
    STATIC_REQUIRE(calls.create_file != nullptr);
    STATIC_REQUIRE(calls.set_mode != nullptr);
    STATIC_REQUIRE(calls.preallocate != nullptr);
    STATIC_REQUIRE(calls.write != nullptr);
    STATIC_REQUIRE(calls.lock_file != nullptr);
    STATIC_REQUIRE(calls.sync != nullptr);
    STATIC_REQUIRE(calls.close != nullptr);
    STATIC_REQUIRE(calls.move != nullptr);
    STATIC_REQUIRE(calls.remove != nullptr);
    STATIC_REQUIRE(calls.paths == stet::native_paths);
}
