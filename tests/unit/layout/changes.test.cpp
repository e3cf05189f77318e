// SPDX-License-Identifier: MIT
#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>
#include <utility>

TEST_CASE("a log keeps its changes, and the texts it owns, where they are when it moves")
{
    stet::change_log first(stet::heap());
    char* const      text = first.own.text(3);
    REQUIRE(text != nullptr);
    std::string_view("new").copy(text, 3);
    REQUIRE(first.changes.push({.what = stet::change::kind::added,
                                .component = 1,
                                .name = {.prefix = {text, 3}, .stem = ".weight"}}));

    const stet::change_log moved(std::move(first));
    REQUIRE(moved.changes.size() == 1);
    CHECK(moved.changes[0].what == stet::change::kind::added);
    CHECK(moved.changes[0].name.text() == "new.weight");
    CHECK(moved.own.owns(moved.changes[0].name.prefix.data()));
}
