// SPDX-License-Identifier: MIT
#include <stet/header/header.hpp>
#include <stet/header/metadata.hpp>

#include <catch2/catch_test_macros.hpp>

using stet::metadata_list;

static_assert(stet::detail::metadata_dict<metadata_list>);

TEST_CASE("a key that is set again keeps its place")
{
    metadata_list list;
    stet::set_metadata(list, "a", "1");
    stet::set_metadata(list, "b", "2");
    stet::set_metadata(list, "a", "3");
    CHECK(list == metadata_list{{"a", "3"}, {"b", "2"}});
}
