// SPDX-License-Identifier: MIT
// Decoding and validating a header. Floor: copying its text. The counter `index_bytes` is what the decoded header takes
// a tensor, beside its text.
#include "support/beside_floor.hpp"
#include "support/checkpoint_names.hpp"

#include <stet/header/header.hpp>
#include <stet/plan/make_plan.hpp>
#include <stet/read/read_header.hpp>
#include <stet/sink/sinks.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

/// The heap, with the bytes that are in use.
class counted_heap {
public:
    stet::allocator allocator() noexcept
    {
        return {.context = this,
                .allocate = [](void* self, std::size_t size, std::size_t alignment) -> void* {
                    static_cast<counted_heap*>(self)->in_use_ += size;
                    return stet::heap().allocate(nullptr, size, alignment);
                },
                .deallocate =
                    [](void* self, void* memory, std::size_t size, std::size_t alignment) {
                        static_cast<counted_heap*>(self)->in_use_ -= size;
                        stet::heap().deallocate(nullptr, memory, size, alignment);
                    }};
    }
    std::size_t in_use() const noexcept { return in_use_; }

private:
    std::size_t in_use_ = 0;
};

/// Everything before the first tensor of a file of so many, and the size of that file.
std::vector<std::byte> encoded(std::size_t count, std::uint64_t& file_size)
{
    const benchmarks::state_dict dict = benchmarks::shuffled_names(count);
    const auto             plan = stet::make_plan(stet::model_only{.model = dict}, benchmarks::unprefixed{});
    const auto             header = stet::make_header(*plan);
    std::vector<std::byte> text;
    stet::append_sink      end(text);
    std::vector<std::byte> block(std::size_t{1} << 20U);
    stet::staged_sink      out(end, block);
    if (!header->write(out) || !out.flush())
        text.clear();
    file_size = header->file_size();
    return text;
}

void decode_header(benchmark::State& state)
{
    std::uint64_t                file_size = 0;
    const std::vector<std::byte> text = encoded(static_cast<std::size_t>(state.range(0)), file_size);
    std::vector<std::byte>       to(text.size());
    benchmarks::beside_floor(
        state,
        [&] {
            const auto header = stet::read_header(text, file_size);
            if (!header)
                state.SkipWithError("the header was refused");
            else
                benchmark::DoNotOptimize(header->size());
        },
        [&] {
            std::memcpy(to.data(), text.data(), text.size());
            benchmark::DoNotOptimize(to.data());
            benchmark::ClobberMemory();
        });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    counted_heap heap;
    const auto   kept = stet::read_header(text, file_size, {.allocator = heap.allocator()});
    state.counters["index_bytes"] = static_cast<double>(heap.in_use()) / static_cast<double>(kept->size());
}

BENCHMARK(decode_header)->Apply(benchmarks::counts);

} // namespace
