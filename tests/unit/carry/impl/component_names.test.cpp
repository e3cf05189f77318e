// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"
#include "support/split_names.hpp"

#include <stet/carry/impl/component_names.hpp>
#include <stet/families/layouts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace {

namespace role = stet::role;
using stet::detail::component_names;
using support::small_tensors;

/// `key->name;` of every key.
template <class Layout, class Role>
std::string named(const small_tensors& given)
{
    component_names names(stet::heap());
    const Layout    layout{};
    const auto      how = stet::detail::names_by<Layout, Role>(layout);
    REQUIRE(names.collect(stet::component<Role>(given)));
    REQUIRE(how.name_all(how.layout, names));
    std::string all;
    for (const stet::detail::key_name& one : names.keys())
        all += std::string(one.key) + "->" + (one.name ? one.name->text() : "nothing") + ";";
    return all;
}

} // namespace

TEST_CASE("keys get the names that a layout gives them, by its prefixes or by its rule")
{
    CHECK(named<stet::layouts::generic, role::model>({"b", "a"}) ==
          "b->model.diffusion_model.b;a->model.diffusion_model.a;");
    CHECK(named<stet::layouts::sd1, role::text_encoder>({"clip_l.a", "clip_l.logit_scale", "x"}) ==
          "clip_l.a->cond_stage_model.a;clip_l.logit_scale->nothing;x->x;");
    CHECK(
        named<stet::layouts::sd2, role::text_encoder>(
            {"clip_h.l.self_attn.q_proj.weight", "clip_h.l.self_attn.k_proj.weight",
             "clip_h.l.self_attn.v_proj.weight", "clip_h.l.mlp.fc1.weight"}) ==
        "clip_h.l.self_attn.q_proj.weight->nothing;clip_h.l.self_attn.k_proj.weight->nothing;"
        "clip_h.l.self_attn.v_proj.weight->nothing;clip_h.l.mlp.fc1.weight->cond_stage_model.model.l.mlp.c_fc.weight;");
}

TEST_CASE("a key is found by its two pieces")
{
    const small_tensors given{"a.weight", "b.weight"};
    component_names     names(stet::heap());
    REQUIRE(names.collect(stet::component<role::model>(given)));
    CHECK(names.find("a", ".weight") == names.keys().begin());
    CHECK(names.find("b.w", "eight") == names.keys().begin() + 1);
    CHECK(names.find("a", "") == nullptr);
    CHECK(names.find("", "") == nullptr);
}

TEST_CASE("a rule that fails says why")
{
    const small_tensors given{"clip_h.l.self_attn.q_proj.weight"};
    component_names     names(stet::heap());
    REQUIRE(names.collect(stet::component<role::text_encoder>(given)));
    const stet::layouts::sd2 layout{};
    const auto               how = stet::detail::names_by<stet::layouts::sd2, role::text_encoder>(layout);
    CHECK(support::failure(how.name_all(how.layout, names)) == "missing_qkv");
}

TEST_CASE("keys without memory say so and give all memory back")
{
    const small_tensors given{"clip_l.a", "clip_l.b", "clip_l.c"};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              component_names          names(memory);
              const stet::layouts::sd1 layout{};
              const auto how = stet::detail::names_by<stet::layouts::sd1, role::text_encoder>(layout);
              const auto collected = names.collect(stet::component<role::text_encoder>(given));
              return support::failure(collected ? how.name_all(how.layout, names) : collected);
          }) > 3);
}
