// SPDX-License-Identifier: MIT
// Metadata edited in a file of 24 GiB, which is sparse, so that it takes no space. Floor: the changed bytes written in
// place, then one fsync, which keeps nothing whole.
#include <stet/edit.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

constexpr std::uint64_t data_size = std::uint64_t{24} << 30U;
constexpr std::size_t   header_size = 65'536 - 8;
/// Of the title: in one sector, or in several of them.
constexpr std::int64_t one_sector = 100;
constexpr std::int64_t some_sectors = 5000;

/// A file of one tensor, with room in its header.
std::string sparse_file()
{
    const auto folder = std::filesystem::current_path() / "bench_output";
    std::filesystem::create_directories(folder);
    const std::string path = (folder / "sparse.safetensors").string();
    std::string       header = R"({"__metadata__":{"title":""},"t":{"dtype":"U8","shape":[)";
    header += std::to_string(data_size) + R"(],"data_offsets":[0,)" + std::to_string(data_size) + "]}}";
    header.resize(header_size, ' ');
    std::string file;
    for (unsigned i = 0; i < 8; ++i)
        file += static_cast<char>(std::uint64_t{header_size} >> (8 * i) & 0xFFU);
    std::ofstream(path, std::ios::binary) << file << header;
    std::filesystem::resize_file(path, file.size() + header.size() + data_size);
    return path;
}

std::string title(const benchmark::State& state, bool is_first)
{
    return std::string(static_cast<std::size_t>(state.range(0)), is_first ? 'a' : 'b');
}

void edit_in_place(benchmark::State& state)
{
    const std::string path = sparse_file();
    const auto        set = [&](bool is_first) {
        const std::string text = title(state, is_first);
        return stet::edit::apply(path, {.set = {{"title", text}}}, {.way = stet::edit::way::in_place});
    };
    bool is_first = false;
    bool is_done = static_cast<bool>(set(true));
    for (auto _ : state) {
        const auto edited = set(is_first);
        is_done = is_done && edited && !edited->has_moved && edited->done != stet::edit::done::nothing;
        is_first = !is_first;
    }
    if (!is_done)
        state.SkipWithError("not edited in place");
    std::filesystem::remove(path);
}

void write_in_place(benchmark::State& state)
{
    const std::string path = sparse_file();
    const int         file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    bool              is_first = true;
    bool              is_done = file >= 0;
    for (auto _ : state) {
        const std::string text = title(state, is_first);
        is_done = is_done &&
                  ::pwrite(file, text.data(), text.size(), 36) == static_cast<ssize_t>(text.size()) &&
                  ::fsync(file) == 0;
        is_first = !is_first;
    }
    if (!is_done)
        state.SkipWithError("not written");
    ::close(file);
    std::filesystem::remove(path);
}

BENCHMARK(edit_in_place)
    ->ArgName("title")
    ->Arg(one_sector)
    ->Arg(some_sectors)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(write_in_place)
    ->ArgName("title")
    ->Arg(one_sector)
    ->Arg(some_sectors)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

} // namespace
