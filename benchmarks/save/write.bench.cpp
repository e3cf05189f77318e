// SPDX-License-Identifier: MIT
// Writing a checkpoint into memory, plan and header included. Floor: memcpy of the same tensors.
#include <stet/families/layouts.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace {

using state_dict = std::vector<std::pair<std::string, stet::tensor_view>>;

void write_to_memory(benchmark::State& state)
{
    const auto             count = static_cast<std::size_t>(state.range(0));
    const auto             size = static_cast<std::size_t>(state.range(1));
    std::vector<std::byte> tensors(count * size, std::byte{3});
    state_dict             dict;
    for (std::size_t i = 0; i < count; ++i)
        dict.emplace_back(
            "blocks." + std::to_string(i) + ".weight",
            *stet::view_of(stet::dtype::u8, {size}, stet::bytes(tensors).subspan(i * size, size)));
    std::vector<std::byte> file(count * (size + 128) + 64);
    for (auto _ : state) {
        stet::span_sink out(file);
        const auto      written = stet::save(stet::model_only{.model = dict}, stet::layouts::generic{}, out);
        if (!written)
            state.SkipWithError("the checkpoint was refused");
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(1));
}

void floor_memcpy(benchmark::State& state)
{
    const auto             size = static_cast<std::size_t>(state.range(1));
    std::vector<std::byte> from(static_cast<std::size_t>(state.range(0)) * size, std::byte{3});
    std::vector<std::byte> to(from.size());
    for (auto _ : state) {
        for (std::size_t at = 0; at < from.size(); at += size)
            std::memcpy(to.data() + at, from.data() + at, size);
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(1));
}

void sizes(benchmark::internal::Benchmark* program)
{
    program->Args({10'000, 64})->Args({2'000, 1 << 14})->Args({64, 1 << 22})->Unit(benchmark::kMicrosecond);
}

BENCHMARK(write_to_memory)->Apply(sizes);
BENCHMARK(floor_memcpy)->Apply(sizes);

} // namespace
