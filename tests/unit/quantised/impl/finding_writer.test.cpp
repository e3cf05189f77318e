// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/finding_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <utility>

using stet::errc;
using stet::detail::finding_writer;
using stet::quantised::rule;
using stet::quantised::severity;

TEST_CASE("a finding is about the tensor at a position, or none")
{
    const std::array<stet::quantised::named_tensor, 1> tensors{{{.name = "a.weight", .tensor = {}}}};
    finding_writer out(stet::array_view<const stet::quantised::named_tensor>(tensors.data(), 1),
                       stet::heap());
    out.say(rule::weight_rank, severity::error, "a", 0, "two axes", "none");
    out.say(rule::scale_missing, severity::error, "a", stet::quantised::no_tensor, "one", "none");
    CHECK(out.name(0) == "a.weight");
    CHECK_FALSE(out.has_failed());
    const auto found = std::move(out).finished();
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].tensor == "a.weight");
    CHECK((*found)[1].tensor.empty());
}

TEST_CASE("the first failure is the one that counts")
{
    finding_writer out({}, stet::heap());
    out.fail({.code = errc::source_refused});
    out.fail({.code = errc::out_of_memory});
    CHECK(out.has_failed());
    const auto found = std::move(out).finished();
    REQUIRE_FALSE(found);
    CHECK(found.error().code == errc::source_refused);
}
