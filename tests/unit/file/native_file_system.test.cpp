// SPDX-License-Identifier: MIT
#include <stet/file/file_system.hpp>
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("the system's table has every call a save needs")
{
    const stet::file_system& calls = stet::native_file_system();
    CHECK(calls.open_folder != nullptr);
    CHECK(calls.make_folder != nullptr);
    CHECK(calls.inspect != nullptr);
    CHECK(calls.read_link != nullptr);
    CHECK(calls.list != nullptr);
    CHECK(calls.create_file != nullptr);
    CHECK(calls.set_mode != nullptr);
    CHECK(calls.preallocate != nullptr);
    CHECK(calls.write != nullptr);
    CHECK(calls.lock_file != nullptr);
    CHECK(calls.sync != nullptr);
    CHECK(calls.close != nullptr);
    CHECK(calls.move != nullptr);
    CHECK(calls.remove != nullptr);
    CHECK(calls.paths == stet::native_paths);
}
