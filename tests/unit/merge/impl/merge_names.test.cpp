// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/merge_sample.hpp"
#include "support/short_memory.hpp"

#include <stet/merge/impl/merge_names.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>

using stet::detail::merge_names;
using stet::detail::merge_side;
using support::merge_sample;

namespace {

merge_side side_of(const merge_sample& sample)
{
    auto found = stet::quantised::find_layers(sample.tensors);
    REQUIRE(found);
    return {.layers = *std::move(found)};
}

} // namespace

TEST_CASE("a name is found in each of the files, with the layer whose weight it is")
{
    merge_sample a;
    merge_sample b;
    a.put_float8("q", "\x38", 2).mark("q").put("w", {1});
    b.put("q.weight", {1}).put("z", {1});
    const merge_side first = side_of(a);
    const merge_side second = side_of(b);
    merge_names      two(first, second, nullptr, stet::heap());
    REQUIRE(two.prepare());
    CHECK(two.count() == 2);
    CHECK(two.has(0, "w"));
    CHECK_FALSE(two.has(1, "w"));
    const auto weight = two.place_of(two.find(0, "q.weight"));
    CHECK(weight.name == "q.weight");
    CHECK(weight.at[1] == 0);
    CHECK(weight.at[2] == merge_names::none);
    CHECK(two.tensor(1, weight).name == "q.weight");
    REQUIRE(two.layer_at(0, weight) != nullptr);
    CHECK(two.layer_at(0, weight)->name == "q");
    CHECK(two.layer_at(1, weight) == nullptr);
    CHECK(two.layer_at(2, weight) == nullptr);
    CHECK(two.layer_at(0, two.place_of(two.find(0, "q.weight_scale"))) == nullptr);
    CHECK(two.refuse_loras());

    const merge_side third = side_of(a);
    merge_names      three(first, second, &third, stet::heap());
    REQUIRE(three.prepare());
    CHECK(three.count() == 3);
    CHECK(three.place_of(three.find(0, "w")).at[2] == three.find(2, "w"));
}

TEST_CASE("a factor of a LoRA in the third file is refused as well")
{
    merge_sample a;
    merge_sample lora;
    a.put("w", {1});
    lora.put("w.lora_up.weight", {1});
    const merge_side first = side_of(a);
    const merge_side third = side_of(lora);
    CHECK(support::failure(merge_names(first, first, &third, stet::heap()).refuse_loras()) ==
          "not_mergeable");
}

TEST_CASE("names that find no memory are an error")
{
    merge_sample a;
    a.put("w", {1});
    const merge_side first = side_of(a);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(merge_names(first, first, nullptr, memory).prepare());
          }) == 2);
}
