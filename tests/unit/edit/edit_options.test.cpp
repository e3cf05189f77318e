// SPDX-License-Identifier: MIT
#include <stet/edit/edit_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>

TEST_CASE(
    "an edit that says nothing changes nothing, keeps the file whole at every moment and makes that last")
{
    const stet::edit::changes none;
    CHECK_FALSE(none.metadata.is_present());
    CHECK_FALSE(none.set.is_present());
    CHECK(none.remove.empty());
    CHECK(none.rename.empty());

    const stet::edit::options how;
    CHECK(how.way == stet::edit::way::whole);
    CHECK(how.durability == stet::durability::full);
    CHECK(how.existing == stet::existing_file::refuse);
    CHECK(how.copy_to.empty());
    CHECK(how.header_room == 0);
    CHECK_FALSE(how.lenient);
    CHECK(how.file_system == &stet::native_file_system());
}

TEST_CASE("changes are said in one expression")
{
    const std::array<std::string_view, 1>     gone{"a"};
    const std::array<stet::edit::renaming, 1> renamed{{{.from = "x", .to = "y"}}};
    const std::map<std::string, std::string>  title{{"title", "t"}};
    const stet::edit::changes                 wanted{.set = title, .remove = gone, .rename = renamed};
    CHECK(wanted.remove[0] == "a");
    CHECK(wanted.rename[0].to == "y");
    CHECK(wanted.set.is_present());
}
