// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/group_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

using stet::detail::group_part;
using stet::detail::split_group_name;

namespace {

constexpr bool is_split(std::string_view name, std::string_view layer, std::string_view member,
                        group_part part)
{
    const auto split = split_group_name(name);
    return split.layer == layer && split.member == member && split.part == part;
}

} // namespace

static_assert(is_split("a.b.weight", "a.b", "weight", group_part::weight));
static_assert(is_split("a.bias", "a", "bias", group_part::bias));
static_assert(is_split("a.comfy_quant", "a", "comfy_quant", group_part::marker));
static_assert(is_split("a.weight_scale_2", "a", "weight_scale_2", group_part::side));
static_assert(is_split("a.input_scale", "a", "input_scale", group_part::side));
static_assert(is_split("a.pre_quant_scale", "a", "pre_quant_scale", group_part::side));
static_assert(is_split("a.scale_inv", "a", "scale_inv", group_part::side));
static_assert(is_split("a.scale_weight", "a", "scale_weight", group_part::old_side));
static_assert(is_split("a.scaled_fp8", "a", "scaled_fp8", group_part::flag));
static_assert(is_split("scaled_fp8", "", "scaled_fp8", group_part::flag));
static_assert(is_split("a.in_proj_weight", "a", "in_proj_weight", group_part::none));
static_assert(is_split("weight", "", "", group_part::none));
static_assert(is_split(".weight", "", "", group_part::none));
static_assert(is_split("", "", "", group_part::none));
static_assert(is_split("a.weight.absmax", "a", "weight.absmax", group_part::blocks));
static_assert(is_split("a.weight.b.weight.nested_quant_map", "a.weight.b", "weight.nested_quant_map",
                       group_part::blocks));
static_assert(is_split("a.weight.quant_state.bitsandbytes__nf4", "a", "weight.quant_state.bitsandbytes__nf4",
                       group_part::blocks));
static_assert(is_split("a.weight.original0", "a.weight", "original0", group_part::none));
static_assert(is_split("a.weight.b.weight", "a.weight.b", "weight", group_part::weight));

TEST_CASE("names of tensors are split at the last dot")
{
    CHECK(is_split("model.diffusion_model.blocks.0.attn.q.weight_s_rel",
                   "model.diffusion_model.blocks.0.attn.q", "weight_s_rel", group_part::side));
}
