// SPDX-License-Identifier: MIT
// Encoding a header into a sink that keeps nothing. Floor: copying as many bytes.
#include "support/checkpoint_names.hpp"

#include <stet/header/header.hpp>
#include <stet/layout/layouts.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/sink/counting_sink.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstring>
#include <vector>

namespace {

void encode_header(benchmark::State& state)
{
    const benchmarks::state_dict dict = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    const auto             plan = stet::make_plan(stet::model_only{.model = dict}, stet::layouts::generic{});
    std::vector<std::byte> block(std::size_t{1} << 20U);
    std::int64_t           size = 0;
    for (auto _ : state) {
        const auto          header = stet::make_header(*plan);
        stet::counting_sink counted;
        stet::staged_sink   out(counted, block);
        if (!header || !header->write(out) || !out.flush())
            state.SkipWithError("the header was refused");
        size = static_cast<std::int64_t>(counted.size());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(state.iterations() * size);
}

void floor_memcpy(benchmark::State& state)
{
    // 139 bytes a tensor is what these names come to.
    std::vector<std::byte> from(static_cast<std::size_t>(state.range(0)) * 139, std::byte{1});
    std::vector<std::byte> to(from.size());
    for (auto _ : state) {
        std::memcpy(to.data(), from.data(), from.size());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(from.size()));
}

BENCHMARK(encode_header)->RangeMultiplier(10)->Range(10, 100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(floor_memcpy)->RangeMultiplier(10)->Range(10, 100'000)->Unit(benchmark::kMicrosecond);

} // namespace
