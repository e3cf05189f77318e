// SPDX-License-Identifier: MIT
// Planning the reading of tensors that are wanted in any order, and carrying such a plan out. Floors: std::sort of their
// offsets; the same bytes from the same file by pread into the same memory, one call a tensor.
#include "support/beside_floor.hpp"

#include <stet/read_plans/read.hpp>
#include <stet/read_plans/read_plan.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <vector>
#if defined(__unix__)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace {

/// Tensors of up to 120,000 bytes, up to 6,000 bytes apart, in no order.
struct table {
    std::vector<std::uint64_t>            lengths;
    std::vector<stet::read_plans::wanted> all{};
    std::uint64_t                         file_size = 1'000;

    explicit table(std::size_t count) : lengths(count)
    {
        std::mt19937_64 random(1);
        for (std::uint64_t& length : lengths) {
            length = random() % 60'000 + 1;
            all.push_back({.name = "w", .offset = file_size, .element_bits = 16, .shape = {&length, 1}});
            file_size += length * 2 + random() % 6'000;
        }
        std::shuffle(all.begin(), all.end(), random);
    }
};

void plan_reading(benchmark::State& state)
{
    const table                   given(static_cast<std::size_t>(state.range(0)));
    const stet::read_plans::rules under{.max_request = 4096U * static_cast<std::uint64_t>(state.range(1))};
    std::vector<std::uint64_t>    offsets;
    for (const auto& one : given.all)
        offsets.push_back(one.offset);
    benchmarks::beside_floor(
        state,
        [&] {
            const auto plan = stet::read_plans::make_read_plan(given.all, given.file_size, under);
            if (!plan)
                state.SkipWithError("the plan was refused");
            else
                benchmark::DoNotOptimize(plan->read_bytes());
        },
        [&] {
            auto sorted = offsets;
            std::sort(sorted.begin(), sorted.end());
            benchmark::DoNotOptimize(sorted.data());
        });
}

BENCHMARK(plan_reading)
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {0, 64, 4096}})
    ->Unit(benchmark::kMicrosecond)
    ->UseManualTime();

#if defined(__unix__)

/// 256 MiB in the system's cache, read in tensors of a size: what is asked for by the second argument.
void carry_out(benchmark::State& state)
{
    constexpr std::size_t  total = std::size_t{256} << 20U;
    const char* const      path = "read_plan.bench.bin";
    const auto             size = static_cast<std::uint64_t>(state.range(1));
    std::vector<std::byte> memory(total, std::byte{1});
    {
        std::FILE* const file = std::fopen(path, "wb");
        if (file == nullptr || std::fwrite(memory.data(), 1, total, file) != total || std::fclose(file) != 0)
            return state.SkipWithError("the file could not be written");
    }
    std::vector<stet::read_plans::wanted> all;
    for (std::size_t at = 0; at < total; at += size)
        all.push_back(
            {.name = "w", .offset = at, .shape = {&size, 1}, .to = std::span(memory).subspan(at, size)});
    const auto file = stet::file_source::open(path);
    const auto plan = stet::read_plans::make_read_plan(all, total, {.max_request = std::uint64_t{1} << 22U});
    if (!file || !plan)
        return state.SkipWithError("the file could not be read");
    const stet::read_plans::reading how{.kernel_depth = static_cast<unsigned>(state.range(2)),
                                        .least_direct = static_cast<std::uint64_t>(state.range(3))};
    const int                       descriptor = ::open(path, O_RDONLY);
    benchmarks::beside_floor(
        state,
        [&] {
            if (!stet::read_plans::read(*plan, all, *file, how))
                state.SkipWithError("the file could not be read");
        },
        [&] {
            for (std::size_t at = 0; at < total; at += size)
                benchmark::DoNotOptimize(
                    ::pread(descriptor, memory.data() + at, size, static_cast<off_t>(at)));
        });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(total));
    ::close(descriptor);
    std::remove(path);
}

BENCHMARK(carry_out)
    ->ArgNames({"count", "size", "kernel", "direct"})
    ->Args({256, 1 << 20, 0, 1 << 16})
    ->Args({256, 1 << 20, 32, 1 << 16})
    ->Args({256, 1 << 20, 0, 0})
    ->Args({65'536, 4'096, 0, 1 << 16})
    ->Args({65'536, 4'096, 32, 1 << 16})
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

#endif

} // namespace
