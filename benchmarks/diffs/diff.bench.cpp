// SPDX-License-Identifier: MIT
// Two files of 64 MiB of tensors compared, of which every tensor, or none, has other numbers. Floor: both files' bytes
// read by memcmp, which for files that differ is done on a copy: what memory allows.
#include "support/beside_floor.hpp"

#include <stet/diffs/diff.hpp>
#include <stet/save/save.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

/// Sixteen tensors of small numbers.
std::vector<std::byte> file_of(stet::dtype type, std::uint16_t flipped)
{
    constexpr std::size_t      size = std::size_t{4} << 20U;
    std::vector<std::uint16_t> words(size / 2);
    std::mt19937               random(1);
    const std::uint32_t        one = type == stet::dtype::bf16 ? 0x3F80 : 0x3C00;
    for (std::uint16_t& word : words)
        word = static_cast<std::uint16_t>((one | (random() & 0xFFU)) ^ flipped);
    const auto                               bytes = std::as_bytes(std::span(words));
    std::map<std::string, stet::tensor_view> dict;
    for (int i = 0; i < 16; ++i)
        dict["blocks." + std::to_string(i) + ".weight"] =
            *stet::view_of(type, {size * 8 / stet::bit_width(type)}, bytes);
    std::vector<std::byte> file;
    if (!stet::save(dict, stet::append_sink{file}))
        file.clear();
    return file;
}

void compare(benchmark::State& state)
{
    const auto type = static_cast<stet::dtype>(state.range(1));
    const auto first = file_of(type, 0);
    const auto second = file_of(type, static_cast<std::uint16_t>(state.range(2)));
    const auto copy = first;
    const auto one = stet::read_checkpoint(first);
    const auto other = stet::read_checkpoint(second);
    benchmarks::beside_floor(
        state,
        [&] {
            const auto found = stet::diffs::compare(*one, *other);
            benchmark::DoNotOptimize(found->all().apart.largest);
        },
        [&] { benchmark::DoNotOptimize(std::memcmp(first.data(), copy.data(), copy.size())); });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(first.size() + second.size()));
}

void each_kind(benchmark::internal::Benchmark* program)
{
    program->ArgNames({"tensors", "dtype", "flipped"});
    for (const stet::dtype type : {stet::dtype::f32, stet::dtype::bf16, stet::dtype::f16, stet::dtype::i16}) {
        for (const int flipped : {0, 1})
            program->Args({16, static_cast<std::int64_t>(type), flipped});
    }
    program->Unit(benchmark::kMillisecond)->UseManualTime();
}

BENCHMARK(compare)->Apply(each_kind);

} // namespace
