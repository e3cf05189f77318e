// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/quantised/impl/findings.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <utility>

using stet::quantised::finding;
using stet::quantised::findings;
using stet::quantised::rule;
using stet::quantised::severity;

TEST_CASE("findings keep their texts, also when they move")
{
    findings all(stet::heap());
    {
        std::string text = "a layer";
        REQUIRE(all.add({.rule = rule::plain_fp8, .severity = severity::info, .layer = text, .found = "x"}));
        text = "another";
        REQUIRE(all.add({.rule = rule::scale_shape, .severity = severity::error, .layer = text}));
    }
    const findings moved = std::move(all);
    REQUIRE(moved.size() == 2);
    CHECK(moved[0].layer == "a layer");
    CHECK(moved[0].found == "x");
    CHECK(moved[1].layer == "another");
    CHECK(moved[1].tensor.empty());
    CHECK(moved.count(severity::info) == 1);
    CHECK(moved.count(severity::warning) == 0);
    CHECK(moved.has_errors());
    CHECK_FALSE(findings(stet::heap()).has_errors());
    CHECK(findings(stet::heap()).empty());
}

TEST_CASE("a finding that finds no memory is refused")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              findings all(memory);
              return all.add({.layer = "a", .tensor = "b"}) ? "none" : "out_of_memory";
          }) == 2);
}
