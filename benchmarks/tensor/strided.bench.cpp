// SPDX-License-Identifier: MIT
// Strided tensors written out. Floor: memcpy of the same bytes, measured in the same run; its time over the case's is
// the counter x_memcpy. Baseline: the loop over all indices that one writes first.
#include <stet/sink/sinks.hpp>
#include <stet/tensor/strided.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct strided_case {
    std::string                name;
    stet::dtype                type;
    std::vector<std::uint64_t> shape;
    std::vector<std::int64_t>  strides;
    std::uint64_t              offset;
    std::size_t                stored; ///< elements
};

std::vector<strided_case> all_cases()
{
    using stet::dtype;
    constexpr std::size_t     square = 4096 * 4096;
    std::vector<strided_case> all;
    for (const dtype type : {dtype::u8, dtype::f16, dtype::f32, dtype::f64})
        all.push_back(
            {"transpose_4096/" + std::string(name(type)), type, {4096, 4096}, {1, 4096}, 0, square});
    for (const dtype type : {dtype::u8, dtype::f16, dtype::f32, dtype::f64})
        all.push_back({"transpose_3001x2503/" + std::string(name(type)),
                       type,
                       {3001, 2503},
                       {1, 3001},
                       0,
                       3001 * 2503});
    for (const std::uint64_t run : {64U, 256U, 1024U, 4096U})
        all.push_back({"columns_of_" + std::to_string(run) + "_bytes",
                       dtype::f16,
                       {16384, run / 2},
                       {4096, 1},
                       0,
                       std::size_t{16384} * 4096});
    for (const dtype type : {dtype::f16, dtype::f32})
        all.push_back({"channels_last_640x640x3x3/" + std::string(name(type)),
                       type,
                       {640, 640, 3, 3},
                       {5760, 1, 1920, 640},
                       0,
                       std::size_t{640} * 5760});
    all.push_back({"to_channels_last_640x3x3x640/F16",
                   dtype::f16,
                   {640, 3, 3, 640},
                   {5760, 3, 1, 9},
                   0,
                   std::size_t{640} * 5760});
    all.push_back({"broadcast_inner/F32", dtype::f32, {4096, 4096}, {1, 0}, 0, 4096});
    all.push_back({"broadcast_outer_256_bytes/F32", dtype::f32, {262144, 64}, {0, 1}, 0, 64});
    for (const dtype type : {dtype::u8, dtype::f16, dtype::f32, dtype::f64})
        all.push_back(
            {"reversed/" + std::string(name(type)), type, {4096, 4096}, {-4096, -1}, square - 1, square});
    all.push_back(
        {"reversed_rows/F32", dtype::f32, {4096, 1024}, {-4096, 1}, std::uint64_t{4095} * 4096, square});
    all.push_back({"inner_of_2/F16", dtype::f16, {4194304, 2}, {3, 1}, 0, std::size_t{3} * 4194304});
    all.push_back({"inner_of_3/U8", dtype::u8, {8388608, 3}, {4, 1}, 0, std::size_t{4} * 8388608});
    all.push_back({"inner_of_3/F32", dtype::f32, {4194304, 3}, {4, 1}, 0, std::size_t{4} * 4194304});
    all.push_back({"inner_of_3_backwards/U8", dtype::u8, {8388608, 3}, {3, -1}, 2, std::size_t{3} * 8388608});
    all.push_back({"every_second/F16", dtype::f16, {4096, 2048}, {4096, 2}, 0, square});
    return all;
}

/// What a sink of a save's end sees: nothing is done with it.
struct discarding_sink {
    stet::result<void> write(stet::bytes data)
    {
        benchmark::DoNotOptimize(data.data());
        return {};
    }
};

template <std::size_t Width>
void copy_by_index(std::byte* to, const std::byte* from, const strided_case& given)
{
    std::vector<std::uint64_t> at(given.shape.size());
    for (;;) {
        std::int64_t place = 0;
        for (std::size_t axis = 0; axis < at.size(); ++axis)
            place += static_cast<std::int64_t>(at[axis]) * given.strides[axis];
        std::memcpy(to, from + place * static_cast<std::int64_t>(Width), Width);
        to += Width;
        std::size_t axis = at.size();
        while (axis != 0 && ++at[axis - 1] == given.shape[axis - 1])
            at[--axis] = 0;
        if (axis == 0)
            return;
    }
}

double seconds_of_memcpy(std::vector<std::byte>& to)
{
    const std::vector<std::byte> from(to.size(), std::byte{3});
    double                       least = 1e9;
    for (int run = 0; run < 7; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        std::memcpy(to.data(), from.data(), to.size());
        benchmark::ClobberMemory();
        least = (std::min)(least,
                           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return least;
}

/// copy: callable with the memory to write to, the view and its storage
template <class Copy>
void run(benchmark::State& state, Copy copy)
{
    const strided_case given = all_cases()[static_cast<std::size_t>(state.range(0))];
    state.SetLabel(given.name);
    const std::vector<std::byte> storage(given.stored * element_size(given.type), std::byte{5});
    const auto                   view =
        stet::strided_view(given.type, given.shape, given.strides, stet::bytes(storage), given.offset);
    if (!view) {
        state.SkipWithError("the view was refused");
        return;
    }
    std::vector<std::byte> to(static_cast<std::size_t>(view->size));
    const double           floor = seconds_of_memcpy(to);
    for (auto _ : state) {
        copy(to, *view, storage);
        benchmark::ClobberMemory();
    }
    const auto runs = static_cast<double>(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(view->size));
    state.counters["x_memcpy"] = benchmark::Counter(floor * runs, benchmark::Counter::kIsRate);
}

void into_memory(benchmark::State& state)
{
    run(state, [&](std::vector<std::byte>& to, const stet::tensor_view& view, const auto&) {
        stet::span_sink destination(to);
        if (!stet::pour(view, destination))
            state.SkipWithError("the tensor was refused");
    });
}

/// As a save writes it: through one block of a MiB.
void through_a_block(benchmark::State& state)
{
    std::vector<std::byte> block(std::size_t{1} << 20U);
    run(state, [&](std::vector<std::byte>&, const stet::tensor_view& view, const auto&) {
        discarding_sink   end;
        stet::staged_sink destination(end, block);
        if (!stet::pour(view, destination) || !destination.flush())
            state.SkipWithError("the tensor was refused");
    });
}

/// To a sink that lends no memory.
void to_a_callback(benchmark::State& state)
{
    run(state, [&](std::vector<std::byte>&, const stet::tensor_view& view, const auto&) {
        discarding_sink destination;
        if (!stet::pour(view, destination))
            state.SkipWithError("the tensor was refused");
    });
}

void by_index(benchmark::State& state)
{
    const strided_case given = all_cases()[static_cast<std::size_t>(state.range(0))];
    run(state, [&](std::vector<std::byte>& to, const stet::tensor_view& view, const std::vector<std::byte>&) {
        const auto* const first = static_cast<const std::byte*>(view.data);
        switch (element_size(given.type)) {
        case 1:
            return copy_by_index<1>(to.data(), first, given);
        case 2:
            return copy_by_index<2>(to.data(), first, given);
        case 4:
            return copy_by_index<4>(to.data(), first, given);
        default:
            return copy_by_index<8>(to.data(), first, given);
        }
    });
}

void every_case(benchmark::internal::Benchmark* program)
{
    program->DenseRange(0, static_cast<std::int64_t>(all_cases().size()) - 1)->Unit(benchmark::kMillisecond);
}

BENCHMARK(into_memory)->Apply(every_case);
BENCHMARK(through_a_block)->Apply(every_case);
BENCHMARK(to_a_callback)->Apply(every_case);
BENCHMARK(by_index)->Apply(every_case);

} // namespace
