// SPDX-License-Identifier: MIT
// The next number of a folder. Floor: a readdir loop over it.
#include <stet/file/file_system.hpp>
#include <stet/file/native_file_system.hpp>
#include <stet/naming/output_name.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <dirent.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace {

namespace fs = std::filesystem;

/// A folder of `count` numbered files without content, removed with this object.
class numbered_folder {
public:
    explicit numbered_folder(std::int64_t count)
        : path_(fs::current_path() / ("bench_names_" + std::to_string(count)))
    {
        fs::remove_all(path_);
        fs::create_directories(path_);
        for (std::int64_t i = 1; i <= count; ++i)
            std::ofstream(path_ /
                          stet::numbered_name("ComfyUI", static_cast<std::uint64_t>(i), ".safetensors"));
    }
    ~numbered_folder() { fs::remove_all(path_); }
    numbered_folder(const numbered_folder&) = delete;
    numbered_folder& operator=(const numbered_folder&) = delete;

    std::string path() const { return path_.string(); }

private:
    fs::path path_;
};

/// Made once for all that is measured in it, since that takes far longer.
const numbered_folder& folder_of(std::int64_t count)
{
    static std::map<std::int64_t, numbered_folder> made;
    return made.try_emplace(count, count).first->second;
}

void next_number(benchmark::State& state)
{
    const numbered_folder&  folder = folder_of(state.range(0));
    const stet::file_system calls = stet::native_file_system();
    const auto              opened =
        calls.open_folder(calls.context, stet::no_handle, folder.path().c_str(), stet::links::follow);
    for (auto _ : state) {
        stet::counter numbers("ComfyUI");
        const auto    listed = calls.list(calls.context, static_cast<stet::file_handle>(opened.value),
                                          [&](std::string_view entry) { numbers.see(entry); });
        const auto    next = numbers.next();
        if (listed.error != 0 || !next || *next != static_cast<std::uint64_t>(state.range(0)) + 1)
            state.SkipWithError("the number is wrong");
    }
    calls.close(calls.context, static_cast<stet::file_handle>(opened.value));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void floor_readdir(benchmark::State& state)
{
    const numbered_folder& folder = folder_of(state.range(0));
    for (auto _ : state) {
        DIR* const  stream = ::opendir(folder.path().c_str());
        std::size_t characters = 0;
        while (const dirent* const entry = ::readdir(stream))
            characters += std::string_view(static_cast<const char*>(entry->d_name)).size();
        ::closedir(stream);
        benchmark::DoNotOptimize(characters);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(next_number)->Arg(10)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(floor_readdir)->Arg(10)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

} // namespace
