// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/casts/cast_on_save.hpp>
#include <stet/plan/choices.hpp>
#include <stet/plan/make_plan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using stet::dtype;
using stet::placed_name;
using stet::casts::casting;
using stet::casts::rule;
using stet::selection::matches;
using stet::selection::tensor;

tensor named(std::string_view name)
{
    return {.name = {.stem = name}};
}

/// The same name in two pieces.
tensor cut(std::string_view prefix, std::string_view stem)
{
    return {.name = {.prefix = prefix, .stem = stem}};
}

} // namespace

TEST_CASE("a star in a pattern stands for any characters, a question mark for one")
{
    const auto fits = [](std::string_view name, std::string_view pattern) {
        const bool whole = matches({.stem = name}, pattern);
        for (std::size_t i = 0; i <= name.size(); ++i)
            CHECK(matches({.prefix = name.substr(0, i), .stem = name.substr(i)}, pattern) == whole);
        return whole;
    };
    CHECK(fits("a.weight", "*"));
    CHECK(fits("a.weight", "*.weight"));
    CHECK(fits("a.weight", "a.*"));
    CHECK(fits("a.weight", "a*w*t"));
    CHECK(fits("a.weight", "a.w?ight"));
    CHECK(fits("a.weight", "**a.weight**"));
    CHECK(fits("aab.aab", "*aab"));
    CHECK(fits("", ""));
    CHECK(fits("", "*"));
    CHECK_FALSE(fits("a.weight", ""));
    CHECK_FALSE(fits("a.weight", "weight"));
    CHECK_FALSE(fits("a.weight", "*.bias"));
    CHECK_FALSE(fits("a.weight", "a.weight?"));
    CHECK_FALSE(fits("a.weight", "?"));
    CHECK_FALSE(fits("", "?"));
    CHECK(stet::selection::named{"*.weight"}(named("a.weight")));
    CHECK_FALSE(stet::selection::named{"*.weight"}(named("a.bias")));
}

TEST_CASE("a pattern of many stars takes no longer than its length times the name's")
{
    const std::string name(20'000, 'a');
    std::string       pattern;
    for (int i = 0; i < 200; ++i)
        pattern += "*a";
    CHECK_FALSE(matches({.stem = name}, pattern + "*b"));
    CHECK(matches({.stem = name}, pattern));
}

TEST_CASE("averaged weights are known by the module they lie in")
{
    using stet::selection::ema_copies;
    CHECK(ema_copies(named("model_ema.diffusion_modelinput_blocks00weight")));
    CHECK(ema_copies(named("model_ema.decay")));
    CHECK(ema_copies(named("diffusion_ema.ema_model.w")));
    CHECK(ema_copies(named("a.ema.w")));
    CHECK(ema_copies(cut("generator_", "ema.w")));
    CHECK_FALSE(ema_copies(named("quantizer.ema_w")));
    CHECK_FALSE(ema_copies(named("schema.w")));
    CHECK_FALSE(ema_copies(named("ema")));
    CHECK_FALSE(ema_copies(named("model.diffusion_model.w")));
}

TEST_CASE("an optimizer's state is known by where it lies and by what it is called")
{
    using stet::selection::optimizer_state;
    CHECK(optimizer_state(named("optimizer.state.0.step")));
    CHECK(optimizer_state(named("optimizer_states.0")));
    CHECK(optimizer_state(named("lr_schedulers.0.base")));
    CHECK(optimizer_state(named("w.exp_avg")));
    CHECK(optimizer_state(cut("w.", "exp_avg_sq")));
    CHECK(optimizer_state(named("momentum_buffer")));
    CHECK_FALSE(optimizer_state(named("optimizer")));
    CHECK(optimizer_state(named("model.optimizer.w")));
    CHECK_FALSE(optimizer_state(named("model.optimizers_weight.w")));
    CHECK_FALSE(optimizer_state(named("w.exp_avg.weight")));
}

TEST_CASE("a training run's counters are single numbers")
{
    using stet::selection::training_scalars;
    constexpr std::array<std::uint64_t, 1> one{1}, many{1000};
    CHECK(training_scalars(named("global_step")));
    CHECK(training_scalars({.name = {.stem = "epoch"}, .shape = one}));
    CHECK_FALSE(training_scalars({.name = {.stem = "epoch"}, .shape = many}));
    CHECK(training_scalars(cut("model.", "iteration")));
    CHECK_FALSE(training_scalars(named("block.step")));
    CHECK_FALSE(training_scalars(named("v_pred")));
}

TEST_CASE("position ids are known by their name")
{
    using stet::selection::position_ids;
    CHECK(position_ids(named("embeddings.position_ids")));
    CHECK(position_ids(named("position_ids")));
    CHECK_FALSE(position_ids(named("old_position_ids")));
    CHECK_FALSE(position_ids(named("position_ids.weight")));
}

TEST_CASE("rules are joined")
{
    constexpr auto either =
        stet::selection::any_of<stet::selection::ema_copies, stet::selection::position_ids>;
    CHECK(either(named("model_ema.w")));
    CHECK(either(named("a.position_ids")));
    CHECK_FALSE(either(named("w")));
    const stet::selection::predicate asked = either;
    CHECK(asked(named("model_ema.w")));
}

TEST_CASE("the first rule that fits a tensor by name, role and question decides")
{
    const auto                large = [](const tensor& asked) { return asked.size > 100; };
    const std::array<rule, 3> rules{rule{.names = "*norm*"}, rule{.role = "vae", .to = dtype::f32},
                                    rule{.where = large, .to = dtype::f8_e4m3}};
    const casting             cast{.rules = rules, .others = {.to = dtype::bf16}};
    CHECK_FALSE(cast.rule_for({.name = {.stem = "a.norm.w"}, .role = "vae"}).to);
    CHECK(cast.rule_for({.name = {.stem = "w"}, .role = "vae"}).to == dtype::f32);
    CHECK(cast.rule_for({.name = {.stem = "w"}, .role = "model", .size = 101}).to == dtype::f8_e4m3);
    CHECK(cast.rule_for({.name = {.stem = "w"}, .role = "model", .size = 100}).to == dtype::bf16);
    CHECK_FALSE(casting{}.rule_for(named("w")).to);
}

#ifdef __cpp_exceptions

TEST_CASE("what chooses may throw: no plan is made, and nothing is leaked")
{
    struct broken {};
    const std::vector<float>                       values(64);
    const std::map<std::string, stet::tensor_view> dict{{"a.weight", *stet::view_of(values, {8, 8})},
                                                        {"b.weight", *stet::view_of(values, {64})}};
    const auto                                     throws_at_b = [](const tensor& asked) {
        if (asked.name == placed_name{.stem = "b.weight"})
            throw broken();
        return true;
    };
    const std::array<rule, 1> rules{rule{.where = throws_at_b, .to = dtype::f16}};
    support::counting_heap    heap;
    const stet::allocator     memory = heap.allocator();
    CHECK_THROWS_AS(stet::make_plan(dict, {.keep = throws_at_b, .allocator = memory}), broken);
    CHECK_THROWS_AS(stet::make_plan(dict, {.leave_out = throws_at_b, .allocator = memory}), broken);
    CHECK_THROWS_AS(stet::make_plan(dict, {.cast = stet::casts::by(rules), .allocator = memory}), broken);
    CHECK(heap.allocations() > 6);
    CHECK(heap.live_blocks() == 0);
}

#endif
