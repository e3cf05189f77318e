// SPDX-License-Identifier: MIT
#include <stet/layout/family.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>
#include <type_traits>

using stet::model_type;

namespace {

using lamp = stet::prefix_layout<stet::under<stet::role::model, "lamp.">>;
struct bright : stet::family<lamp, stet::always(model_type::flow)> {
    static constexpr std::string_view name = "Bright";
    static constexpr std::string_view architecture = "lamp-v1";
};
struct dim : stet::family<lamp, stet::told()> {
    static constexpr std::string_view name = "Dim";
};

/// Chosen while the program runs.
struct chosen {
    stet::family_facts family{};

    constexpr stet::family_facts facts() const noexcept { return family; }
};

} // namespace

static_assert(stet::facts_of(bright{}).name == "Bright" && stet::facts_of(bright{}).type.is_fixed &&
              stet::facts_of(bright{}).architecture == "lamp-v1" && !stet::facts_of(bright{}).sigmas);
static_assert(stet::facts_of(chosen{{.name = "it"}}).name == "it");
static_assert(stet::facts_of(lamp{}).name == "this layout" && !stet::facts_of(lamp{}).type.is_known);

static_assert(std::is_same_v<bright::layout, lamp>);
static_assert(bright::name == "Bright" && bright::architecture == "lamp-v1");
static_assert(dim::name == "Dim" && dim::architecture.empty());
static_assert(!std::is_same_v<bright, dim>);

TEST_CASE("a family of one's own places keys as its layout does")
{
    const auto placed = bright::place(stet::role::model{}, "weight");
    CHECK(placed.prefix == "lamp.");
    CHECK(placed.stem == "weight");
}

TEST_CASE("a family's type is fixed, usual or told by the caller")
{
    constexpr stet::type_rule fixed = bright::type;
    CHECK(fixed.is_known);
    CHECK(fixed.is_fixed);
    CHECK(fixed.usual == model_type::flow);

    constexpr stet::type_rule usual = stet::told(model_type::eps);
    CHECK(usual.is_known);
    CHECK_FALSE(usual.is_fixed);
    CHECK(usual.usual == model_type::eps);

    CHECK_FALSE(dim::type.is_known);
    CHECK_FALSE(dim::type.is_fixed);
}
