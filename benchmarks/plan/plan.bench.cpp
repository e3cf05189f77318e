// SPDX-License-Identifier: MIT
// Planning: names placed, ordered, checked; and ordering alone. Floor: std::sort of the same names as string_views.
#include "support/beside_floor.hpp"
#include "support/checkpoint_names.hpp"

#include <stet/plan/impl/name_order.hpp>
#include <stet/plan/make_plan.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

template <class Work>
void beside_sorted_views(benchmark::State& state, const benchmarks::state_dict& names, Work&& work)
{
    std::vector<std::string_view> views(names.size());
    benchmarks::beside_floor(state, work, [&] {
        for (std::size_t i = 0; i < views.size(); ++i)
            views[i] = names[i].first;
        std::sort(views.begin(), views.end());
        benchmark::DoNotOptimize(views.data());
    });
}

template <class Dict>
void plan_dict(benchmark::State& state, const benchmarks::state_dict& names, const Dict& dict)
{
    beside_sorted_views(state, names, [&] {
        const auto plan = stet::make_plan(stet::model_only{.model = dict}, benchmarks::unprefixed{});
        if (!plan)
            state.SkipWithError("the plan was refused");
        else
            benchmark::DoNotOptimize(plan->records().data());
    });
}

void plan_vector(benchmark::State& state)
{
    const benchmarks::state_dict names = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    plan_dict(state, names, names);
}

void plan_map(benchmark::State& state)
{
    const benchmarks::state_dict names = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    const std::map<std::string, stet::tensor_view> dict(names.begin(), names.end());
    plan_dict(state, names, dict);
}

void order_names(benchmark::State& state)
{
    const benchmarks::state_dict names = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    std::vector<stet::record>    records;
    for (const auto& [name, tensor] : names)
        records.push_back({.name = {.stem = name}, .size = tensor.size});
    beside_sorted_views(state, names, [&] {
        stet::detail::growing_array<std::uint32_t>            by_name;
        stet::detail::growing_array<stet::detail::name_clash> clashes;
        if (!stet::detail::order_by_name({records.data(), records.size()}, by_name, clashes))
            state.SkipWithError("there was no memory");
        benchmark::DoNotOptimize(by_name.data());
    });
}

BENCHMARK(plan_vector)->Apply(benchmarks::counts);
BENCHMARK(plan_map)->Apply(benchmarks::counts);
BENCHMARK(order_names)->Apply(benchmarks::counts);

} // namespace
