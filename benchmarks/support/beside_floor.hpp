// SPDX-License-Identifier: MIT
#ifndef STET_BENCHMARKS_SUPPORT_BESIDE_FLOOR_HPP
#define STET_BENCHMARKS_SUPPORT_BESIDE_FLOOR_HPP

#include <benchmark/benchmark.h>

#include <chrono>

namespace benchmarks {

/// Times `work` as the benchmark and `floor` between its rounds, so that a noisy machine slows both: the counter
/// `x_floor` is how many times the floor's time the work took.
template <class Work, class Floor>
void time_beside_floor(benchmark::State& state, Work&& work, Floor&& floor)
{
    using clock = std::chrono::steady_clock;
    using seconds = std::chrono::duration<double>;
    seconds in_work{};
    seconds in_floor{};
    for (auto _ : state) {
        const auto begin = clock::now();
        work();
        const auto middle = clock::now();
        floor();
        const auto end = clock::now();
        state.SetIterationTime(seconds(middle - begin).count());
        in_work += middle - begin;
        in_floor += end - middle;
    }
    state.counters["x_floor"] = in_work / in_floor;
}

/// The same of as many items a round as the benchmark's first argument says.
template <class Work, class Floor>
void beside_floor(benchmark::State& state, Work&& work, Floor&& floor)
{
    time_beside_floor(state, work, floor);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// A thousand, a hundred thousand and a million tensors, timed by beside_floor.
inline void counts(benchmark::internal::Benchmark* program)
{
    program->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond)->UseManualTime();
}

/// Timed by hand, as beside a floor, and told in milliseconds.
inline void in_milliseconds(benchmark::internal::Benchmark* program)
{
    program->Unit(benchmark::kMillisecond)->UseManualTime();
}

} // namespace benchmarks

#endif
