// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/full_log.hpp"
#include "support/poured.hpp"
#include "support/short_splitting.hpp"
#include "support/split_names.hpp"

#include <stet/split/impl/rounded.hpp>
#include <stet/split/inverse_text_rules.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string_view>

namespace {

using support::fill;
using support::name_list;
using support::names_of;
using support::small_tensors;

struct unknown_rule {};

static_assert(stet::detail::invertible_text_rule<stet::text_rules::sd1> &&
              stet::detail::invertible_text_rule<stet::text_rules::sd2> &&
              stet::detail::invertible_text_rule<stet::text_rules::sdxl> &&
              stet::detail::invertible_text_rule<stet::text_rules::sdxl_refiner>);
static_assert(!stet::detail::invertible_text_rule<unknown_rule>);

struct outcome {
    name_list taken{};
    name_list rest{};
};

template <class Rule>
outcome inverted(const small_tensors& given, stet::strictness how = stet::strictness::strict)
{
    stet::change_log   log(stet::heap());
    stet::splitting    work(log, how);
    stet::ordered_dict out(stet::heap());
    CHECK(fill(work.rest, given));
    CHECK(stet::inverse_of<Rule>::invert(work, out));
    return {.taken = names_of(out), .rest = names_of(work.rest)};
}

} // namespace

TEST_CASE("Stable Diffusion 1: clip_l comes back, text_model. is put in where it lacks")
{
    const outcome got = inverted<stet::text_rules::sd1>(
        {"cond_stage_model.transformer.a", "cond_stage_model.transformer.text_model.b", "cond_stage_model.c",
         "other", "cond_stage_model.transformer.x.cond_stage_model.transformer.y"},
        stet::strictness::as_comfyui);
    CHECK(got.taken ==
          name_list{"clip_l.transformer.text_model.b", "clip_l.c", "clip_l.transformer.text_model.a",
                    "clip_l.transformer.text_model.x.cond_stage_model.transformer.text_model.y"});
    CHECK(got.rest == name_list{"other"});
}

TEST_CASE("Stable Diffusion 1: strict conduct puts text_model. in only where no name has it")
{
    CHECK(inverted<stet::text_rules::sd1>({"cond_stage_model.transformer.a", "cond_stage_model.c"}).taken ==
          name_list{"clip_l.c", "clip_l.transformer.text_model.a"});
    CHECK(inverted<stet::text_rules::sd1>(
              {"cond_stage_model.transformer.a", "cond_stage_model.transformer.text_model.b"})
              .taken == name_list{"clip_l.transformer.a", "clip_l.transformer.text_model.b"});
}

TEST_CASE("Stable Diffusion 1: float position ids are rounded and reported")
{
    constexpr std::array<float, 3> ids{0.0F, 0.9F, 2.5F};
    constexpr std::array<float, 3> expected{0.0F, 1.0F, 2.0F};
    const auto                     view = stet::view_of(ids, {1, 3});
    stet::change_log               log(stet::heap());
    stet::splitting                work(log, stet::strictness::strict);
    stet::ordered_dict             out(stet::heap());
    REQUIRE(view);
    REQUIRE(work.rest.set({.stem = "cond_stage_model.transformer.embeddings.position_ids"}, *view));
    REQUIRE(stet::inverse_of<stet::text_rules::sd1>::invert(work, out));
    const auto* const found = out.find({.stem = "clip_l.transformer.text_model.embeddings.position_ids"});
    REQUIRE(found != nullptr);
    CHECK(support::poured(*found->tensor) == support::poured(stet::view_of(expected, {1, 3})));
    REQUIRE(log.changes.size() == 1);
    CHECK(log.changes[0].what == stet::change::kind::replaced);
}

TEST_CASE("Stable Diffusion 2: clip_h comes back from either prefix")
{
    const outcome got = inverted<stet::text_rules::sd2>({"cond_stage_model.model.ln_final.weight",
                                                         "cond_stage_model.logit_scale",
                                                         "conditioner.embedders.0.model.logit_scale"});
    CHECK(got.taken ==
          name_list{"clip_h.logit_scale", "clip_h.transformer.text_model.final_layer_norm.weight"});
    CHECK(got.rest == name_list{"cond_stage_model.logit_scale"});
}

TEST_CASE("the refiner: clip_g comes back from the first embedder")
{
    const outcome got = inverted<stet::text_rules::sdxl_refiner>(
        {"conditioner.embedders.0.model.text_projection", "conditioner.embedders.1.model.logit_scale"});
    CHECK(got.taken == name_list{"clip_g.transformer.text_projection.weight"});
    CHECK(got.rest == name_list{"conditioner.embedders.1.model.logit_scale"});
}

TEST_CASE("Stable Diffusion XL: clip_l comes first, then clip_g")
{
    const outcome got = inverted<stet::text_rules::sdxl>(
        {"conditioner.embedders.1.model.logit_scale", "conditioner.embedders.0.transformer.text_model.a",
         "conditioner.embedders.0.b", "conditioner.embedders.1.model.positional_embedding"});
    CHECK(got.taken == name_list{"clip_l.transformer.text_model.a", "clip_g.logit_scale",
                                 "clip_g.transformer.text_model.embeddings.position_embedding.weight"});
    CHECK(got.rest == name_list{"conditioner.embedders.0.b"});
}

TEST_CASE("Stable Cascade's projection is turned back")
{
    const small_tensors given{{"clip_g.text_projection", {3, 2}}, {"clip_g.logit_scale", {}}};
    stet::change_log    log(stet::heap());
    stet::splitting     work(log, stet::strictness::strict);
    REQUIRE(fill(work.rest, given));
    REQUIRE(stet::detail::turn_cascade_projection(work, work.rest));
    CHECK(names_of(work.rest) ==
          name_list{"clip_g.logit_scale", "clip_g.transformer.text_projection.weight"});
    CHECK(work.rest.tensor(work.rest.entries().back()).shape[0] == 2);
}

TEST_CASE("a text encoder that comes back where memory is short says so and gives all of it back")
{
    const auto room_for = []<class Rule>(Rule, const small_tensors& given) {
        return support::arena_bytes_needed(given, [](stet::splitting& work, stet::ordered_dict& out) {
            return stet::inverse_of<Rule>::invert(work, out);
        });
    };
    // A longer name, the object that rounds, the tensor seen through it.
    CHECK(room_for(stet::text_rules::sd1{}, {"cond_stage_model.transformer.embeddings.position_ids",
                                             "cond_stage_model.transformer.a"}) >
          sizeof(stet::detail::rounded) + sizeof(stet::tensor_view));
    CHECK(room_for(stet::text_rules::sd2{},
                   {{"cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight", {6, 1}},
                    {"cond_stage_model.model.text_projection", {2, 2}}}) > sizeof(stet::tensor_view));
    CHECK(room_for(stet::text_rules::sdxl_refiner{},
                   {{"conditioner.embedders.0.model.transformer.resblocks.0.attn.in_proj_bias", {6}},
                    {"conditioner.embedders.0.model.text_projection", {2, 2}}}) > sizeof(stet::tensor_view));
    CHECK(room_for(stet::text_rules::sdxl{},
                   {{"conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_bias", {6}},
                    {"conditioner.embedders.0.transformer.text_model.a"},
                    {"conditioner.embedders.1.model.ln_final.bias"}}) > sizeof(stet::tensor_view));
}

TEST_CASE("names in two pieces come back where memory is short, or that is told")
{
    // Both encoders' dicts are full with one of these numbers of names.
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    const small_tensors        given{"a"};
    for (std::size_t first = 0; first < 20; ++first) {
        const auto invert = [&]<class Rule>(Rule, std::string_view prefix, std::string_view other) {
            const auto run = [&](stet::change_log& log, const stet::allocator& memory) -> std::string_view {
                stet::splitting    work(log, stet::strictness::strict);
                stet::ordered_dict out(memory);
                for (std::size_t i = 0; i < first; ++i) {
                    if (auto set = work.rest.share({.prefix = prefix, .stem = digits.substr(i, 1)}, given[0]);
                        !set)
                        return support::failure(set);
                }
                if (auto set = work.rest.share({.prefix = other, .stem = "w"}, given[0]); !set)
                    return support::failure(set);
                return support::failure(stet::inverse_of<Rule>::invert(work, out));
            };
            CHECK(support::fewest_allocations_with_full_log(8, run) > 2);
        };
        invert(stet::text_rules::sdxl{}, "conditioner.embedders.0.transformer.text_model.",
               "conditioner.embedders.1.model.");
        invert(stet::text_rules::sd1{}, "cond_stage_model.transformer.text_model.", "cond_stage_model.");
    }
}
