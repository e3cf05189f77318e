// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"

#include <stet/plan/impl/choosing.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::dtype;
using stet::casts::casting;
using stet::casts::rule;
using stet::selection::named;

using dict = std::vector<std::pair<std::string, stet::tensor_view>>;

stet::tensor_view of(dtype type, std::uint64_t count)
{
    static const std::array<std::byte, 4096> memory{};
    return *stet::view_of(type, {count}, memory.data(), count * stet::element_size(type));
}

constexpr stet::detail::casting_calls no_calls{
    .pour = [](const stet::tensor_view&, stet::sink_ref) { return stet::result<void>(); },
    .source_size = sizeof(stet::detail::cast_source),
    .place = [](void* at) { return ::new (at) stet::detail::cast_source; },
    .count = [](const stet::detail::cast_source&, stet::change&) {},
    .cast = stet::detail::cast};

casting all_to(dtype to)
{
    return {.others = {.to = to}, .calls = &no_calls};
}

/// Names with their dtypes, in the file's order.
std::string listed(const stet::result<stet::plan>& plan)
{
    if (!plan)
        return std::string(support::failure(plan)) + " " + std::string(plan.error().subject());
    std::string all;
    for (const stet::record& placed : plan->records())
        all += (all.empty() ? "" : ", ") + placed.name.text() + ":" + std::string(stet::name(placed.type));
    return all;
}

std::string changes(const stet::plan& plan, stet::change::kind kind)
{
    std::string all;
    for (const stet::change& each : plan.changes()) {
        if (each.what == kind)
            all += (all.empty() ? "" : ", ") + each.name.text();
    }
    return all;
}

std::string prefix_of(std::string_view name)
{
    const auto size = stet::detail::layer_prefix({.stem = name});
    return size ? std::string(name.substr(0, *size)) : "none";
}

} // namespace

TEST_CASE("the side tensors of quantised layers are known by their names")
{
    CHECK(prefix_of("a.b.weight_scale") == "a.b.");
    CHECK(prefix_of("a.b.weight_scale_2") == "a.b.");
    CHECK(prefix_of("a.b.weight_zeros") == "a.b.");
    CHECK(prefix_of("a.b.comfy_quant") == "a.b.");
    CHECK(prefix_of("a.b.input_scale") == "a.b.");
    CHECK(prefix_of("a.b.pre_quant_scale") == "a.b.");
    CHECK(prefix_of("a.scale_weight") == "a.");
    CHECK(prefix_of("comfy_quant").empty());
    CHECK(prefix_of("a.b.weight.absmax") == "a.b.");
    CHECK(prefix_of("a.weight.quant_state.bitsandbytes__nf4") == "a.");
    CHECK(prefix_of("a.weight") == "none");
    CHECK(prefix_of("a.bias") == "none");
    CHECK(prefix_of("weight_scales.bias") == "none");
}

TEST_CASE("a layer's name may be cut anywhere")
{
    constexpr std::string_view name = "ab.weight_scale";
    for (std::size_t i = 0; i <= name.size(); ++i)
        CHECK(stet::detail::layer_prefix({.prefix = name.substr(0, i), .stem = name.substr(i)}) == 3);
}

TEST_CASE("only what is chosen is planned, and the rest is reported")
{
    const dict tensors{{"a.w", of(dtype::f32, 2)}, {"ema.w", of(dtype::f32, 4)}, {"a.b", of(dtype::i32, 1)}};
    const auto without = stet::make_plan(tensors, {.leave_out = named{"ema.*"}});
    CHECK(listed(without) == "a.w:F32, a.b:I32");
    CHECK(changes(*without, stet::change::kind::not_chosen) == "ema.w");
    CHECK(without->components()[0].tensors == 2);
    CHECK(without->components()[0].bytes == 12);
    CHECK(without->components()[0].left_out == 1);
    CHECK(listed(stet::make_plan(tensors, {.keep = named{"*.w"}})) == "a.w:F32, ema.w:F32");
    CHECK(listed(stet::make_plan(tensors, {.keep = named{"*.w"}, .leave_out = named{"ema.*"}})) == "a.w:F32");
    CHECK(listed(stet::make_plan(tensors, {.keep = named{"nothing"}})).empty());
}

TEST_CASE("what is not chosen takes nobody's name")
{
    const dict model{{"vae.w", of(dtype::f32, 1)}};
    const dict vae{{"w", of(dtype::f16, 1)}};
    struct names {
        static stet::placed_name place(stet::role::model, std::string_view key) { return {.stem = key}; }
        static stet::placed_name place(stet::role::vae, std::string_view key)
        {
            return {.prefix = "vae.", .stem = key};
        }
        static stet::placed_name place(stet::role::text_encoder, std::string_view key)
        {
            return {.stem = key};
        }
    };
    const stet::full checkpoint{.model = model, .text_encoder = stet::no_entries, .vae = vae};
    CHECK(support::failure(stet::make_plan(checkpoint, names{})) == "duplicate_name");
    const auto of_model = [](const stet::selection::tensor& asked) { return asked.role == "model"; };
    const auto plan = stet::make_plan(checkpoint, names{}, {.leave_out = of_model});
    CHECK(listed(plan) == "vae.w:F16");
    CHECK(plan->components()[2].renamed == 1);
    const auto without = stet::make_plan(checkpoint, names{}, {.keep = of_model});
    CHECK(listed(without) == "vae.w:F32");
    CHECK(without->components()[2].renamed == 0);
}

TEST_CASE("a quantised layer is chosen as its weight is")
{
    const dict tensors{{"a.comfy_quant", of(dtype::u8, 9)},   {"a.weight", of(dtype::f8_e4m3, 4)},
                       {"a.weight_scale", of(dtype::f32, 1)}, {"b.weight", of(dtype::f32, 2)},
                       {"b.weight_g", of(dtype::f32, 2)},     {"c.weight_g", of(dtype::f32, 2)}};
    CHECK(listed(stet::make_plan(tensors, {.leave_out = named{"*.weight"}})) == "c.weight_g:F32");
    CHECK(listed(stet::make_plan(tensors, {.keep = named{"a.weight"}})) ==
          "a.weight_scale:F32, a.weight:F8_E4M3, a.comfy_quant:U8");
    CHECK(listed(stet::make_plan(tensors, {.leave_out = named{"*_scale"}})) ==
          listed(stet::make_plan(tensors)));
}

TEST_CASE("a cast changes dtype, size and place of floating tensors and of nothing else")
{
    const dict tensors{{"a", of(dtype::f32, 2)},     {"b", of(dtype::f16, 3)},    {"c", of(dtype::i64, 1)},
                       {"d", of(dtype::f64, 1)},     {"e", of(dtype::f32, 0)},    {"f", of(dtype::bf16, 5)},
                       {"g", of(dtype::f8_e8m0, 2)}, {"h", of(dtype::f8_e5m2, 4)}};
    const auto plan = stet::make_plan(tensors, {.cast = all_to(dtype::bf16)});
    CHECK(listed(plan) == "c:I64, e:F32, a:BF16, b:BF16, d:BF16, f:BF16, h:BF16, g:F8_E8M0");
    CHECK(changes(*plan, stet::change::kind::cast) == "a, b, d, h");
    CHECK(plan->components()[0].cast == 4);
    CHECK(plan->components()[0].bytes == 8 + 4 + 6 + 2 + 10 + 8 + 2);
    CHECK(plan->data_size() == plan->components()[0].bytes);
    CHECK(plan->changes()[0].from == dtype::f32);
    CHECK(plan->changes()[0].to == dtype::bf16);
    const stet::tensor_view cast = plan->tensor(plan->records()[2]);
    CHECK((cast.type == dtype::bf16 && cast.size == 4 && cast.shape[0] == 2 && cast.soundness()));
}

TEST_CASE("a quantised layer's numbers are not cast, those of a plain 8-bit weight and of a bias are")
{
    const dict tensors{{"a.weight", of(dtype::f8_e4m3, 4)},
                       {"a.weight_scale", of(dtype::f32, 1)},
                       {"a.bias", of(dtype::f32, 1)},
                       {"b.weight", of(dtype::f8_e4m3, 4)},
                       {"c.weight", of(dtype::u8, 4)},
                       {"c.weight.absmax", of(dtype::f32, 1)},
                       {"d.weight_g", of(dtype::f32, 1)},
                       {"scaled_fp8", of(dtype::f8_e4m3, 2)},
                       {"e.experts.input_scale", of(dtype::f32, 1)}};
    const auto plan = stet::make_plan(tensors, {.cast = all_to(dtype::f16)});
    REQUIRE(plan);
    CHECK(changes(*plan, stet::change::kind::cast) == "a.bias, b.weight, d.weight_g");
}

TEST_CASE("markers of a prediction are neither chosen among nor cast")
{
    const dict tensors{{"w", of(dtype::f32, 1)}};
    const auto plan = stet::make_plan(
        tensors, {.prediction = stet::prediction{.type = stet::model_type::v_prediction_continuous,
                                                 .sigmas = stet::sigma_range{.largest = 2, .smallest = 1}},
                  .keep = named{"w"},
                  .cast = all_to(dtype::f16)});
    CHECK(listed(plan) == "edm_vpred.sigma_max:F32, edm_vpred.sigma_min:F32, w:F16");
    const dict own{{"edm_vpred.sigma_max", of(dtype::f32, 1)}, {"edm_vpred.sigma_mid", of(dtype::f32, 1)}};
    CHECK(listed(stet::make_plan(own, {.cast = all_to(dtype::f16)})) ==
          "edm_vpred.sigma_max:F32, edm_vpred.sigma_mid:F16");
}

TEST_CASE("a cast that cannot be is an error that names the tensor")
{
    const dict tensors{{"a", of(dtype::i32, 1)}, {"w", of(dtype::f32, 1)}};
    CHECK(listed(stet::make_plan(tensors, {.cast = all_to(dtype::i32)})) == "not_convertible w");
    stet::tensor_view huge{
        .type = dtype::f8_e4m3, .shape = {std::uint64_t{1} << 59U}, .size = std::uint64_t{1} << 59U};
    const dict large{{"w", huge}};
    CHECK(listed(stet::make_plan(large, {.cast = all_to(dtype::f64)})) == "tensor_size_overflow w");
}

TEST_CASE("a tensor that another replaces is not cast")
{
    const dict model{{"w", of(dtype::f32, 1)}, {"w", of(dtype::f32, 2)}};
    const auto plan =
        stet::make_plan(model, {.duplicates = stet::duplicate_names::later_wins, .cast = all_to(dtype::f16)});
    CHECK(listed(plan) == "w:F16");
    CHECK(plan->components()[0].cast == 1);
    CHECK(plan->components()[0].bytes == 4);
}

TEST_CASE("memory that is not there while choosing is an error, and none is lost")
{
    const dict tensors{{"a.weight", of(dtype::f32, 2)}, {"b.w", of(dtype::f32, 2)}, {"c", of(dtype::f32, 1)}};
    for (std::size_t i = 0;; ++i) {
        support::counting_heap heap;
        heap.fail_from(i);
        const auto plan = stet::make_plan(
            tensors, {.leave_out = named{"c"}, .cast = all_to(dtype::f16), .allocator = heap.allocator()});
        if (plan) {
            CHECK(listed(plan) == "a.weight:F16, b.w:F16");
            CHECK(i > 5);
            break;
        }
        CHECK(support::failure(plan) == "out_of_memory");
        CHECK(heap.live_blocks() == 0);
    }
}
