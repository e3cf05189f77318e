// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/rules.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string_view>

using stet::quantised::rule;
using stet::quantised::severity;

static_assert(name(rule::marker_missing) == "marker-missing");
static_assert(name(rule::side_tensor_orphan) == "side-tensor-orphan");
static_assert(name(rule::codebook_missing) == "codebook-missing");
static_assert(name(rule::old_scale_without_flag) == "old-scale-without-flag");
static_assert(name(rule::text_encoder_openclip) == "text-encoder-openclip");
static_assert(name(severity::info) == "info" && name(severity::warning) == "warning" &&
              name(severity::error) == "error");

TEST_CASE("every rule has a name of its own")
{
    std::set<std::string_view> names(stet::detail::rule_names.begin(), stet::detail::rule_names.end());
    CHECK(names.size() == stet::detail::rule_names.size());
    CHECK(std::all_of(names.begin(), names.end(), [](std::string_view one) { return !one.empty(); }));
}
