// SPDX-License-Identifier: MIT
// Planning: names placed, ordered, checked. Floor: ordering indices of the same names by std::sort.
#include "support/checkpoint_names.hpp"

#include <stet/layout/layouts.hpp>
#include <stet/plan/make_plan.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

void plan_names(benchmark::State& state)
{
    const benchmarks::state_dict dict = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        const auto plan = stet::make_plan(stet::model_only{.model = dict}, stet::layouts::generic{});
        if (!plan)
            state.SkipWithError("the plan was refused");
        benchmark::DoNotOptimize(plan->records().data());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void floor_sort_indices(benchmark::State& state)
{
    const benchmarks::state_dict dict = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    std::vector<std::uint32_t>   order(dict.size());
    for (auto _ : state) {
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return dict[a].first < dict[b].first; });
        benchmark::DoNotOptimize(order.data());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(plan_names)->RangeMultiplier(10)->Range(10, 100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(floor_sort_indices)->RangeMultiplier(10)->Range(10, 100'000)->Unit(benchmark::kMicrosecond);

} // namespace
