// SPDX-License-Identifier: MIT
// Quantised layers of 4096 rows of 8192 values as BF16 and F32, and values as layers. Floor: memcpy of as many bytes as
// are written, between the rounds; x_floor is how many times its time the case took. Baseline: the loop over all
// elements that one writes first, which multiplies and rounds each.
#include "support/pour_beside_copy.hpp"

#include <stet/quantised/dequantised.hpp>
#include <stet/quantised/encoded.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/half.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace {

namespace formats = stet::quantised::formats;
using benchmarks::in_milliseconds;
using stet::dtype;

constexpr std::uint64_t rows = 4096;
constexpr std::uint64_t columns = 8192;

/// A sink that lends a block, as a save does, and does nothing with what is made.
struct discarding_sink {
    std::vector<std::byte> block = std::vector<std::byte>(std::size_t{1} << 16U);

    stet::result<void> write(stet::bytes data)
    {
        benchmark::DoNotOptimize(data.data());
        return {};
    }
    stet::result<std::span<std::byte>> lend(std::size_t) { return std::span<std::byte>(block); }
};

const std::vector<float>& numbers()
{
    static const std::vector<float> all = [] {
        std::vector<float> made(rows * columns);
        std::uint32_t      state = 1;
        for (float& number : made) {
            state = state * 1664525U + 1013904223U;
            number = static_cast<float>(static_cast<std::int32_t>(state)) * 0x1p-31F;
        }
        return made;
    }();
    return all;
}

stet::tensor_view values()
{
    return *stet::view_of(numbers(), {rows, columns});
}

/// A layer in memory.
struct stored_layer {
    explicit stored_layer(const stet::quantised::style& how)
    {
        const auto made = stet::quantised::encoded::of("a", values(), how);
        for (const auto& [name, tensor] : *made) {
            auto&             bytes = contents[std::string(name)];
            stet::append_sink sink{bytes};
            if (!stet::pour(tensor, sink))
                return;
            tensors.emplace(std::string(name), *stet::view_of(tensor.type, tensor.shape, stet::bytes(bytes)));
        }
    }

    std::map<std::string, std::vector<std::byte>> contents{};
    std::map<std::string, stet::tensor_view>      tensors{};
};

/// Into a sink that lends.
void pour_beside_copy(benchmark::State& state, const stet::tensor_view& tensor)
{
    discarding_sink sink;
    benchmarks::pour_beside_copy(state, tensor, sink);
}

void dequantise(benchmark::State& state, const stet::quantised::style& how, dtype wanted)
{
    const stored_layer layer(how);
    const auto         found = stet::quantised::find_layers(layer.tensors);
    const auto         made = stet::quantised::dequantised::of(*found, (*found)[0], wanted);
    if (!made) {
        state.SkipWithError("the layer was refused");
        return;
    }
    pour_beside_copy(state, *made->view());
}

void quantise(benchmark::State& state, const stet::quantised::style& how)
{
    const auto made = stet::quantised::encoded::of("a", values(), how);
    pour_beside_copy(state, (*made)[0].tensor);
}

/// The first loop for F8_E4M3 with one scale.
void float8_by_element(benchmark::State& state)
{
    const stored_layer         layer({.format = &formats::float8_e4m3fn});
    const stet::bytes          codes = layer.tensors.at("a.weight").packed();
    std::vector<std::uint16_t> to(codes.size());
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < codes.size(); ++i)
            to[i] = stet::bf16_from_float(
                stet::float_from_f8(dtype::f8_e4m3, std::to_integer<std::uint8_t>(codes[i])) * 0.25F);
        benchmark::ClobberMemory();
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(codes.size() * 2));
}

const stet::quantised::style float8{.format = &formats::float8_e4m3fn};
const stet::quantised::style nvfp4{.format = &formats::nvfp4};
const stet::quantised::style mxfp8{.format = &formats::mxfp8};
const stet::quantised::style int8{.format = &formats::int8_tensorwise, .has_row_scales = true};
const stet::quantised::style int8_rotated{.format = &formats::int8_tensorwise, .settings = {.convrot = true}};
const stet::quantised::style w4a4{.format = &formats::convrot_w4a4};
const stet::quantised::style w4a8{.format = &formats::asym_w4a8_int8};

BENCHMARK_CAPTURE(dequantise, nvfp4_bf16, nvfp4, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, nvfp4_f32, nvfp4, dtype::f32)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, float8_bf16, float8, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, float8_f32, float8, dtype::f32)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, mxfp8_bf16, mxfp8, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, int8_bf16, int8, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, int8_rotated_bf16, int8_rotated, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, w4a4_bf16, w4a4, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(dequantise, w4a8_bf16, w4a8, dtype::bf16)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantise, float8, float8)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantise, nvfp4, nvfp4)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantise, mxfp8, mxfp8)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantise, int8, int8)->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantise, w4a8, w4a8)->Apply(in_milliseconds);
BENCHMARK(float8_by_element)->Apply(in_milliseconds);

} // namespace
