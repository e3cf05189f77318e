// SPDX-License-Identifier: MIT
#include "support/with_sound.hpp"

#include <stet/layout/family.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

namespace {

namespace role = stet::role;
using stet::under;
using support::audio;

using two_rules = stet::prefix_layout<under<role::model, "model.">, under<audio, "audio.">>;
using no_rules = stet::prefix_layout<>;
using same_prefix = stet::prefix_layout<under<role::model, "m.">, under<role::vae, "m.">>;
using empty_prefix = stet::prefix_layout<under<role::model, "">>;

template <class Layout, class Role>
concept has_place = requires { Layout::place(Role{}, std::string_view()); };

static_assert(has_place<two_rules, role::model> && has_place<two_rules, audio> &&
              !has_place<two_rules, role::vae>);
static_assert(!has_place<no_rules, role::model>);
static_assert(two_rules::rules_for<role::model> == 1 && two_rules::rules_for<role::vae> == 0);

static_assert(under<role::model, "model.">::prefix == "model.");
static_assert(stet::literal("a\0b").view() == std::string_view("a\0b", 3));
static_assert(stet::literal("").view().empty());

static_assert(two_rules::place(role::model{}, "w").prefix == "model." &&
              two_rules::place(role::model{}, "w").stem == "w");
static_assert(two_rules::place(audio{}, "w").prefix == "audio.");
static_assert(same_prefix::place(role::model{}, "w") == same_prefix::place(role::vae{}, "w"));
static_assert(empty_prefix::place(role::model{}, "w") == stet::placed_name{.stem = "w"});

} // namespace

TEST_CASE("a prefix layout borrows both pieces of a name")
{
    const std::string_view key = "blocks.0.weight";
    const auto             name = two_rules::place(role::model{}, key);

    CHECK(name.prefix.data() == under<role::model, "model.">::prefix.data());
    CHECK(name.stem.data() == key.data());
    CHECK(name.text() == "model.blocks.0.weight");
}
