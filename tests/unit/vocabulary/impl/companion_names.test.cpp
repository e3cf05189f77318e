// SPDX-License-Identifier: MIT
#include <stet/layout/layout.hpp>
#include <stet/vocabulary/impl/companion_names.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using stet::detail::companion_names;
using stet::detail::companion_of;
using stet::detail::has_text_at;

namespace {

constexpr std::string_view of(std::string_view name)
{
    return companion_of(name);
}

} // namespace

static_assert(of("a.b.comfy_quant") == "comfy_quant" && of("a.weight_scale_2") == "weight_scale_2");
static_assert(of("scaled_fp8") == "scaled_fp8" && of("t5xxl.transformer.scaled_fp8") == "scaled_fp8");
static_assert(of("a.weight.absmax") == "weight.absmax");
static_assert(of("a.weight").empty() && of("a.bias").empty() && of("").empty());
static_assert(of("logit_scale").empty() && of("a.comfy_quant.b").empty() && of("a.my_weight_scale").empty());

static_assert(has_text_at(std::string_view("abc"), 1, "bc") && has_text_at(std::string_view("abc"), 3, ""));
static_assert(!has_text_at(std::string_view("abc"), 2, "cd") && !has_text_at(std::string_view("abc"), 4, ""));

TEST_CASE("every companion is known wherever its name is cut")
{
    for (const std::string_view known : companion_names) {
        const std::string      whole = "ab." + std::string(known);
        const std::string_view name = whole;
        for (std::size_t i = 0; i <= name.size(); ++i)
            CHECK(companion_of(stet::placed_name{.prefix = name.substr(0, i), .stem = name.substr(i)}) ==
                  known);
    }
}
