// SPDX-License-Identifier: MIT
// Saving to disk. Floor: one write per tensor of the same bytes into a preallocated file of the same folder.
// The counter `extra_MiB` is how far the process's peak resident memory rose above what it was before the save.
#include <stet/stet.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

using state_dict = std::vector<std::pair<std::string, stet::tensor_view>>;

/// `count` tensors of `size` bytes each in memory of their own.
class checkpoint {
public:
    checkpoint(std::size_t count, std::size_t size)
        : memory_(count, std::vector<std::byte>(size, std::byte{7}))
    {
        for (std::size_t i = 0; i < count; ++i)
            dict_.emplace_back("blocks." + std::to_string(i) + ".weight",
                               *stet::view_of(stet::dtype::u8, {size}, memory_[i]));
    }
    const state_dict&                          dict() const { return dict_; }
    const std::vector<std::vector<std::byte>>& memory() const { return memory_; }

private:
    std::vector<std::vector<std::byte>> memory_;
    state_dict                          dict_;
};

fs::path scratch()
{
    const fs::path folder = fs::current_path() / "bench_output";
    fs::create_directories(folder);
    return folder;
}

/// Peak resident memory in KiB; reading it after writing 5 to clear_refs starts a new peak.
std::int64_t peak_kib()
{
    std::ifstream status("/proc/self/status");
    std::string   word;
    while (status >> word) {
        if (word == "VmHWM:") {
            std::int64_t kib = 0;
            status >> kib;
            return kib;
        }
    }
    return 0;
}

void save_file(benchmark::State& state, stet::durability lasting)
{
    const checkpoint  given(static_cast<std::size_t>(state.range(0)),
                            static_cast<std::size_t>(state.range(1)));
    const std::string path = (scratch() / "saved.safetensors").string();
    std::ofstream("/proc/self/clear_refs") << "5";
    const std::int64_t before = peak_kib();
    for (auto _ : state) {
        const auto saved = stet::save(stet::model_only{.model = given.dict()}, stet::layouts::generic{},
                                      stet::exact_path{.path = path}, {.durability = lasting});
        if (!saved)
            state.SkipWithError(stet::message(saved.error()).c_str());
        state.PauseTiming();
        fs::remove(path);
        state.ResumeTiming();
    }
    state.counters["extra_MiB"] = static_cast<double>(peak_kib() - before) / 1024.0;
    state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(1));
}

void save_and_return(benchmark::State& state)
{
    save_file(state, stet::durability::none);
}
void save_durably(benchmark::State& state)
{
    save_file(state, stet::durability::full);
}

void floor_write(benchmark::State& state)
{
    const checkpoint  given(static_cast<std::size_t>(state.range(0)),
                            static_cast<std::size_t>(state.range(1)));
    const std::string path = (scratch() / "floor.bin").string();
    for (auto _ : state) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        bool      whole = ::fallocate(file, 0, 0, state.range(0) * state.range(1)) == 0;
        for (const std::vector<std::byte>& tensor : given.memory())
            whole =
                whole && ::write(file, tensor.data(), tensor.size()) == static_cast<ssize_t>(tensor.size());
        if (::close(file) != 0 || !whole)
            state.SkipWithError("the floor could not be written");
        state.PauseTiming();
        fs::remove(path);
        state.ResumeTiming();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(1));
}

void sizes(benchmark::internal::Benchmark* program)
{
    program->Args({100'000, 4})->Args({2'000, 1 << 16})->Args({256, 1 << 22});
    program->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK(save_and_return)->Apply(sizes);
BENCHMARK(save_durably)->Apply(sizes);
BENCHMARK(floor_write)->Apply(sizes);

} // namespace
