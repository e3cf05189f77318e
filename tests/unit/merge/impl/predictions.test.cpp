// SPDX-License-Identifier: MIT
#include "support/merge_sample.hpp"

#include <stet/merge/impl/predictions.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

using stet::detail::contradict;
using stet::detail::model_statement;

namespace {

model_statement said(std::initializer_list<std::string> names, std::string_view metadata = {})
{
    support::merge_sample sample;
    for (const std::string& name : names)
        sample.put(name, {});
    auto found = stet::quantised::find_layers(sample.tensors);
    REQUIRE(found);
    return stet::detail::statement_of({.layers = *std::move(found), .prediction = metadata});
}

bool differ(model_statement a, model_statement b)
{
    return contradict(a, b);
}

} // namespace

TEST_CASE("marker tensors say how a model predicts, and then the metadata")
{
    CHECK(said({"a", "v_pred"}).text == "v");
    CHECK(said({"v_pred", "ztsnr"}, "epsilon").text == "v with zero terminal SNR");
    CHECK(said({"edm_vpred.sigma_max"}).text == "edm v");
    CHECK(said({"edm_vpred.sigma_max"}).is_sure);
    CHECK(said({"a"}, "epsilon").text == "epsilon");
    CHECK_FALSE(said({"a"}, "epsilon").is_sure);
    CHECK(said({"ztsnr", "a.v_pred"}).text.empty());
}

TEST_CASE("a file that says nothing contradicts only one that is sure")
{
    const model_statement nothing = said({"a"});
    CHECK(differ(said({"v_pred"}), nothing));
    CHECK(differ(nothing, said({"v_pred"})));
    CHECK(differ(said({"v_pred"}), said({}, "epsilon")));
    CHECK(differ(said({}, "v"), said({}, "epsilon")));
    CHECK_FALSE(differ(said({}, "v"), nothing));
    CHECK_FALSE(differ(nothing, nothing));
    CHECK_FALSE(differ(said({"v_pred"}), said({}, "v")));
    CHECK_FALSE(differ(said({"v_pred"}), said({"v_pred"})));
    CHECK(differ(said({"v_pred"}), said({"v_pred", "ztsnr"})));
    model_statement a = nothing;
    model_statement b = said({"v_pred"});
    REQUIRE(contradict(a, b));
    CHECK(a.text == "epsilon");
}
