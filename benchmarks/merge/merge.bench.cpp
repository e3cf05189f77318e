// SPDX-License-Identifier: MIT
// Two tensors of 32 Mi numbers merged into a sink that lends no memory. Floor: memcpy of as many bytes as are written,
// between the rounds; x_floor is how many times its time the case took. Baseline: the loop over all elements that one
// writes first.
#include "support/pour_beside_copy.hpp"

#include <stet/merge/merged_model.hpp>
#include <stet/tensor/half.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace {

using benchmarks::in_milliseconds;
using stet::dtype;
using dict = std::map<std::string, stet::tensor_view>;

constexpr std::uint64_t count = std::uint64_t{1} << 25U;

struct discarding_sink {
    stet::result<void> write(stet::bytes data)
    {
        benchmark::DoNotOptimize(data.data());
        return {};
    }
};

/// Numbers around 1 in any of the types, whose upper bytes are alike.
std::vector<std::byte> numbers_of(dtype type, unsigned seed)
{
    std::vector<std::byte> all(count * stet::element_size(type));
    std::uint32_t          state = seed;
    for (std::size_t i = 0; i < all.size(); ++i) {
        state = state * 1664525U + 1013904223U;
        const bool is_top = i % stet::element_size(type) + 1 == stet::element_size(type);
        all[i] = is_top ? std::byte{0x38} : static_cast<std::byte>(state >> 24U);
    }
    return all;
}

void merge_beside_copy(benchmark::State& state, dtype type, bool is_layer)
{
    const std::vector<std::byte> a = numbers_of(type, 1);
    const std::vector<std::byte> b = numbers_of(type, 2);
    const std::vector<float>     scale{0.5F};
    const std::string            marker = R"({"format": "float8_e4m3fn"})";
    const auto                   file = [&](const std::vector<std::byte>& data) {
        dict tensors{{"q.weight", *stet::view_of(type, {count / 4096, 4096}, stet::bytes(data))}};
        if (is_layer) {
            tensors.emplace("q.weight_scale", *stet::view_of(scale, {}));
            tensors.emplace("q.comfy_quant",
                                              *stet::view_of(dtype::u8, {marker.size()}, marker.data(), marker.size()));
        }
        return tensors;
    };
    const dict first = file(a);
    const dict second = file(b);
    const auto merged = stet::merging::merge(first, second, {.type = is_layer ? dtype::bf16 : type});
    if (!merged) {
        state.SkipWithError("the merge was refused");
        return;
    }
    discarding_sink sink;
    benchmarks::pour_beside_copy(state, (*merged)[0].tensor, sink);
}

/// The first loop for F16.
void f16_by_element(benchmark::State& state)
{
    const std::vector<std::byte> a = numbers_of(dtype::f16, 1);
    const std::vector<std::byte> b = numbers_of(dtype::f16, 2);
    std::vector<std::uint16_t>   to(count);
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < count; ++i) {
            std::uint16_t x = 0;
            std::uint16_t y = 0;
            std::memcpy(&x, a.data() + i * 2, 2);
            std::memcpy(&y, b.data() + i * 2, 2);
            to[i] = stet::f16_from_float(stet::float_from_f16(x) * 0.5F + stet::float_from_f16(y) * 0.5F);
        }
        benchmark::ClobberMemory();
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(count * 2));
}

BENCHMARK_CAPTURE(merge_beside_copy, f32, dtype::f32, false)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(merge_beside_copy, f16, dtype::f16, false)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(merge_beside_copy, bf16, dtype::bf16, false)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(merge_beside_copy, float8_layer_as_bf16, dtype::f8_e4m3, true)->Apply(in_milliseconds);
BENCHMARK(f16_by_element)->Apply(in_milliseconds);

} // namespace
