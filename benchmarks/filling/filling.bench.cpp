// SPDX-License-Identifier: MIT
// A file filled later, tensor by tensor in no order, and the sum of what was filled. Floors: the same bytes by pwrite to a
// file with its space set aside, which is renamed; a flag for each piece.
#include "support/beside_floor.hpp"

#include <stet/filling/unfilled_file.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>
#if defined(__linux__)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace {

std::vector<std::size_t> shuffled(std::size_t count)
{
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i)
        order[i] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
    return order;
}

void add_up(benchmark::State& state)
{
    const auto order = shuffled(static_cast<std::size_t>(state.range(0)));
    benchmarks::beside_floor(
        state,
        [&] {
            stet::filling::coverage there;
            for (const std::size_t i : order) {
                if (!there.add({.begin = i * 8, .end = i * 8 + 8}))
                    state.SkipWithError("an interval was refused");
            }
            benchmark::DoNotOptimize(there.intervals());
        },
        [&] {
            std::vector<char> there(order.size());
            for (const std::size_t i : order)
                there[i] = 1;
            benchmark::DoNotOptimize(there.data());
        });
}

BENCHMARK(add_up)->Apply(benchmarks::counts);

#if defined(__linux__)

void fill_file(benchmark::State& state)
{
    const auto                               count = static_cast<std::size_t>(state.range(0));
    const auto                               size = static_cast<std::size_t>(state.range(1));
    const std::vector<std::byte>             memory(size, std::byte{1});
    const auto                               order = shuffled(count);
    std::map<std::string, stet::tensor_view> dict;
    for (std::size_t i = 0; i < count; ++i)
        dict["tensor." + std::to_string(i)] = *stet::filling::to_come(stet::dtype::u8, {size});
    const auto plan = stet::make_plan(dict);
    benchmarks::beside_floor(
        state,
        [&] {
            auto file =
                stet::filling::unfilled_file::open(*plan, {"filled.bench.bin", stet::existing_file::replace},
                                                   {.durability = stet::durability::none});
            for (const std::size_t i : order) {
                if (!file || !file->fill((*file)[i], 0, memory))
                    return state.SkipWithError("a tensor was refused");
            }
            if (!file->publish())
                state.SkipWithError("the file was not published");
        },
        [&] {
            const int file = ::open("floor.bench.part", O_WRONLY | O_CREAT | O_TRUNC, 0666);
            benchmark::DoNotOptimize(::posix_fallocate(file, 0, static_cast<off_t>(count * size)));
            for (const std::size_t i : order)
                benchmark::DoNotOptimize(::pwrite(file, memory.data(), size, static_cast<off_t>(i * size)));
            ::close(file);
            std::rename("floor.bench.part", "floor.bench.bin");
        });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(count * size));
    std::remove("filled.bench.bin");
    std::remove("floor.bench.bin");
}

BENCHMARK(fill_file)
    ->Args({64, 4 << 20})
    ->Args({4'000, 64 << 10})
    ->Args({20'000, 1'000})
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

#endif

} // namespace
