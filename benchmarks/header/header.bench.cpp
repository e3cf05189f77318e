// SPDX-License-Identifier: MIT
// Encoding a header into a sink that keeps nothing. Floor: copying as many bytes.
#include "support/beside_floor.hpp"
#include "support/checkpoint_names.hpp"

#include <stet/header/header.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

void encode_header(benchmark::State& state)
{
    const benchmarks::state_dict dict = benchmarks::shuffled_names(static_cast<std::size_t>(state.range(0)));
    const auto             plan = stet::make_plan(stet::model_only{.model = dict}, benchmarks::unprefixed{});
    const auto             first = stet::make_header(*plan);
    std::vector<std::byte> block(std::size_t{1} << 20U);
    const std::vector<std::byte> from(stet::detail::memory_size(first->size()), std::byte{1});
    std::vector<std::byte>       to(from.size());
    benchmarks::beside_floor(
        state,
        [&] {
            const auto          header = stet::make_header(*plan);
            stet::counting_sink counted;
            stet::staged_sink   out(counted, block);
            if (!header || !header->write(out) || !out.flush())
                state.SkipWithError("the header was refused");
        },
        [&] {
            std::memcpy(to.data(), from.data(), from.size());
            benchmark::DoNotOptimize(to.data());
            benchmark::ClobberMemory();
        });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(from.size()));
}

BENCHMARK(encode_header)->Apply(benchmarks::counts);

} // namespace
