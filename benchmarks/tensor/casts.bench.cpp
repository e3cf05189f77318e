// SPDX-License-Identifier: MIT
// Elements cast from one floating dtype to another. Floor: memcpy of as many bytes as are read, between the rounds of
// the same run; the counter x_floor is how many times its time the cast took. Baseline: the loop over all elements that
// one writes first.
#include "support/beside_floor.hpp"

#include <stet/sink/sinks.hpp>
#include <stet/tensor/casts.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace {

using stet::dtype;

struct pair {
    dtype from;
    dtype to;
};

constexpr std::array<pair, 13> pairs{{{dtype::f32, dtype::f16},
                                      {dtype::f32, dtype::bf16},
                                      {dtype::f32, dtype::f8_e4m3},
                                      {dtype::f32, dtype::f8_e5m2},
                                      {dtype::f16, dtype::bf16},
                                      {dtype::bf16, dtype::f16},
                                      {dtype::bf16, dtype::f8_e4m3},
                                      {dtype::f16, dtype::f32},
                                      {dtype::bf16, dtype::f32},
                                      {dtype::f8_e4m3, dtype::f32},
                                      {dtype::f8_e4m3, dtype::bf16},
                                      {dtype::f64, dtype::f32},
                                      {dtype::f32, dtype::f64}}};

/// Elements of a case and its dtypes. Numbers as weights are: around zero, few of them subnormal.
struct elements {
    static constexpr std::size_t count = std::size_t{16} << 20U;

    explicit elements(const benchmark::State& state)
        : of(pairs[static_cast<std::size_t>(state.range(0))]), from(count * stet::element_size(of.from)),
          to(count * stet::element_size(of.to)), copy(from.size())
    {
        std::vector<float> floats(count);
        std::uint32_t      state_of = 1;
        for (float& each : floats) {
            state_of = state_of * 1664525U + 1013904223U;
            each = (static_cast<float>(state_of >> 8U) - 8'388'608.0F) / 100'000'000.0F;
        }
        const stet::bytes bytes(reinterpret_cast<const std::byte*>(floats.data()), count * sizeof(float));
        static_cast<void>(stet::casts::convert(dtype::f32, bytes, of.from, from));
    }

    pair                   of;
    std::vector<std::byte> from;
    std::vector<std::byte> to;
    std::vector<std::byte> copy;
};

template <class Cast>
void run(benchmark::State& state, Cast cast)
{
    elements all(state);
    state.SetLabel(std::string(name(all.of.from)) + " to " + std::string(name(all.of.to)));
    benchmarks::beside_floor(
        state,
        [&] {
            cast(all);
            benchmark::ClobberMemory();
        },
        [&] {
            std::memcpy(all.copy.data(), all.from.data(), all.from.size());
            benchmark::ClobberMemory();
        });
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(elements::count));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(all.from.size()));
}

void in_memory(benchmark::State& state)
{
    run(state, [&](elements& all) {
        if (!stet::casts::convert(all.of.from, all.from, all.of.to, all.to))
            state.SkipWithError("the cast was refused");
    });
}

/// What a sink of a save's end sees: nothing is done with it.
struct discarding_sink {
    stet::result<void> write(stet::bytes data)
    {
        benchmark::DoNotOptimize(data.data());
        return {};
    }
};

/// As a save writes it: through one block of a MiB.
void through_a_block(benchmark::State& state)
{
    std::vector<std::byte> block(std::size_t{1} << 20U);
    run(state, [&](elements& all) {
        const auto        tensor = stet::view_of(all.of.from, {elements::count}, all.from);
        discarding_sink   end;
        stet::staged_sink destination(end, block);
        if (!stet::casts::pour(*tensor, all.of.to, destination) || !destination.flush())
            state.SkipWithError("the cast was refused");
    });
}

/// One at a time, by the functions of half.hpp; only from F32 and to the 16-bit types.
void by_element(benchmark::State& state)
{
    run(state, [&](elements& all) {
        for (std::size_t i = 0; i < elements::count; ++i) {
            float value = 0;
            std::memcpy(&value, all.from.data() + i * 4, 4);
            const std::uint16_t code =
                all.of.to == dtype::f16 ? stet::f16_from_float(value) : stet::bf16_from_float(value);
            std::memcpy(all.to.data() + i * 2, &code, 2);
        }
    });
}

void every_pair(benchmark::internal::Benchmark* program)
{
    program->DenseRange(0, static_cast<std::int64_t>(pairs.size()) - 1)
        ->Unit(benchmark::kMillisecond)
        ->UseManualTime();
}

BENCHMARK(in_memory)->Apply(every_pair);
BENCHMARK(through_a_block)->Apply(every_pair);
BENCHMARK(by_element)->DenseRange(0, 1)->Unit(benchmark::kMillisecond)->UseManualTime();

} // namespace
