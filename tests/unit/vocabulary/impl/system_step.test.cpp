// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/system_step.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <set>
#include <string_view>

using stet::detail::system_step;
using stet::detail::system_step_count;
using stet::detail::words_of;

TEST_CASE("each step has words of its own, and none those of a file")
{
    CHECK(words_of(system_step::none) == "read or write it");
    std::set<std::string_view> said;
    for (std::size_t i = 0; i < system_step_count; ++i)
        CHECK(said.insert(words_of(static_cast<system_step>(i))).second);
    CHECK(words_of(system_step::read) == "read it");
    CHECK(words_of(system_step::open) == "open it");
}
