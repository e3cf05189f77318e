// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/carry/impl/merged_entries.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using list = stet::metadata_list;
using names = std::vector<std::string>;

TEST_CASE("entries of several files stand in the order of their keys, of one key the first")
{
    stet::detail::merged_entries merged;
    const list                   first{{"c", "1"}, {"a", "1"}};
    const list                   second{{"d", "2"}, {"c", "2"}, {"b", "2"}, {"a", "1"}};
    REQUIRE(merged.add(first));
    REQUIRE(merged.add(second));
    CHECK(merged.entries() == list{{"a", "1"}, {"b", "2"}, {"c", "1"}, {"d", "2"}});
    CHECK(merged.differing() == names{"c"});
}

TEST_CASE("what is put over others stands instead")
{
    stet::detail::merged_entries merged;
    const list                   first{{"a", "1"}, {"c", "1"}};
    const list                   over{{"c", "2"}, {"b", "2"}, {"z", "2"}};
    REQUIRE(merged.add(first));
    REQUIRE(merged.put_over(over));
    CHECK(merged.entries() == list{{"a", "1"}, {"b", "2"}, {"c", "2"}, {"z", "2"}});
    CHECK(merged.differing().empty());
}

TEST_CASE("what no file may hold is refused")
{
    stet::detail::merged_entries merged;
    const list                   twice{{"a", "1"}, {"a", "1"}};
    const list                   broken{{"a", "\xC0"}};
    CHECK(support::failure(merged.add(twice)) == "duplicate_metadata_key");
    CHECK(support::failure(merged.put_over(broken)) == "invalid_metadata_utf8");
    CHECK(merged.entries().empty());
    CHECK(merged.add({}));
}
