// SPDX-License-Identifier: MIT
#include <stet/file/durability.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("what an option of them is by default loses nothing")
{
    // As a save_options and an exact_path have them, checked where those are; zeroed memory replaces no file.
    STATIC_REQUIRE(stet::existing_file{} == stet::existing_file::refuse);
    STATIC_REQUIRE(stet::durability::none != stet::durability::full);
}
