// SPDX-License-Identifier: MIT
// Opening a set of fifty files, its index checked. Floor: opening each of its files by itself.
#include "support/beside_floor.hpp"
#include "support/checkpoint_names.hpp"

#include <stet/read/mapped_file.hpp>
#include <stet/shards/mapped_set.hpp>
#include <stet/shards/save_shards.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace {

/// A folder with a set of so many tensors, gone with this.
class saved_folder {
public:
    explicit saved_folder(std::size_t count)
        : path_((std::filesystem::temp_directory_path() / "stet-bench-set").string())
    {
        // Each with memory of its own: what shares some would lie in one file.
        const std::vector<std::uint8_t> weights(count * width);
        benchmarks::state_dict          dict = benchmarks::shuffled_names(count);
        for (std::size_t i = 0; i < count; ++i)
            dict[i].second = *stet::view_of(std::span(weights).subspan(i * width, width), {width});
        const auto saved = stet::shards::save(dict, path_,
                                              {.limit = static_cast<std::int64_t>(count * width / 50),
                                               .existing = stet::existing_file::replace,
                                               .file = {.durability = stet::durability::none}});
        if (!saved)
            return;
        for (const auto& file : saved->files)
            files_.push_back(path_ + '/' + file.name);
    }
    saved_folder(const saved_folder&) = delete;
    saved_folder& operator=(const saved_folder&) = delete;
    ~saved_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string&              path() const { return path_; }
    const std::vector<std::string>& files() const { return files_; }

private:
    static constexpr std::size_t width = 16;

    std::string              path_;
    std::vector<std::string> files_{};
};

void open_set(benchmark::State& state)
{
    const saved_folder folder(static_cast<std::size_t>(state.range(0)));
    benchmarks::beside_floor(
        state,
        [&] {
            const auto set = stet::shards::mapped_set::open(folder.path());
            if (!set)
                state.SkipWithError("the set was refused");
            else
                benchmark::DoNotOptimize(set->size());
        },
        [&] {
            for (const std::string& path : folder.files()) {
                const auto file = stet::mapped_checkpoint::open(path.c_str());
                benchmark::DoNotOptimize(file->size());
            }
        });
    state.counters["files"] = static_cast<double>(folder.files().size());
}

BENCHMARK(open_set)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond)->UseManualTime();

} // namespace
