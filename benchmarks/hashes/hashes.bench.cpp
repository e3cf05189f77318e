// SPDX-License-Identifier: MIT
// Digests beside OpenSSL's, and a durable save that is hashed beside the slower of writing alone and hashing alone.
#include <stet/hashes.hpp>
#include <stet/stet.hpp>
#include <stet/writers.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::vector<std::byte> noise(std::size_t size)
{
    std::vector<std::byte> bytes(size);
    std::uint32_t          state = 7;
    for (std::byte& each : bytes) {
        state = state * 1664525U + 1013904223U;
        each = static_cast<std::byte>(state >> 24U);
    }
    return bytes;
}

/// Bytes a second that OpenSSL's SHA-256 takes on this processor now; 0 where there is no OpenSSL.
double openssl_speed()
{
    std::FILE* const said = ::popen("openssl speed -seconds 1 -bytes 1048576 -evp sha256 2>/dev/null", "r");
    double           thousands = 0;
    char             line[512];
    while (said != nullptr && std::fgets(line, sizeof line, said) != nullptr) {
        double found = 0;
        if (std::sscanf(line, "%*[sShHaA]256 %lfk", &found) == 1)
            thousands = found;
    }
    if (said != nullptr)
        ::pclose(said);
    return thousands * 1000;
}

template <class Hasher>
void digest(benchmark::State& state)
{
    const auto bytes = noise(mebibyte);
    for (auto _ : state) {
        Hasher hasher;
        hasher.update(bytes);
        benchmark::DoNotOptimize(hasher);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

/// Rounds in turn with OpenSSL's own measurement; `x_openssl` is the best of ours to the best of theirs.
void sha256_beside_openssl(benchmark::State& state)
{
    const auto bytes = noise(mebibyte);
    double     ours = 0;
    double     theirs = 0;
    for (auto _ : state) {
        theirs = std::max(theirs, openssl_speed());
        const std::clock_t begin = std::clock(); // the processor's time, as OpenSSL takes it
        for (int i = 0; i < 1500; ++i) {
            stet::hashes::sha256 hasher;
            hasher.update(bytes);
            benchmark::DoNotOptimize(hasher);
        }
        const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        ours = std::max(ours, 1500 * static_cast<double>(bytes.size()) / took);
        state.SetIterationTime(took);
    }
    state.counters["GB/s"] = ours / 1e9;
    state.counters["x_openssl"] = theirs > 0 ? ours / theirs : 0;
}

struct checkpoint {
    std::vector<std::byte>                                 bytes;
    std::vector<std::pair<std::string, stet::tensor_view>> dict{};

    explicit checkpoint(std::size_t size) : bytes(noise(size))
    {
        constexpr std::size_t each = 4 * mebibyte;
        for (std::size_t i = 0; i < size / each; ++i)
            dict.emplace_back(
                "tensor." + std::to_string(i),
                *stet::view_of(stet::dtype::u8, {each}, stet::bytes(bytes).subspan(i * each, each)));
    }
};

template <class Work>
double timed(Work work)
{
    const auto begin = clock::now();
    work();
    return seconds(clock::now() - begin).count();
}

double median(std::vector<double> of_all)
{
    std::sort(of_all.begin(), of_all.end());
    return of_all[of_all.size() / 2];
}

/// A durable save with SHA-256 of the data in its header, in turn with writing alone, hashing alone, and both side by
/// side by two threads that know nothing of each other. Counters: medians of `write`, `hash`, `apart` and `both` in
/// seconds, and the last to the slower of the first two, `x_slower`, and to the third, `x_apart`: what the machine has
/// for two at once. `x_slower_least` is of the least times.
void durable_save_with_hash(benchmark::State& state, const stet::file_writer& writer)
{
    const std::string      path = "hashed.safetensors"; // on the disk of the folder it runs in
    const stet::exact_path where{path, stet::existing_file::replace};
    const checkpoint       of(static_cast<std::size_t>(state.range(0)) * mebibyte);
    const auto             save = [&](const stet::save_options& options) {
        if (!stet::save(of.dict, where, options))
            state.SkipWithError("the save failed");
    };
    const auto hash_all = [&] { benchmark::DoNotOptimize(stet::hashes::hash_in_given_order(of.dict)); };
    std::vector<double> write;
    std::vector<double> hash;
    std::vector<double> apart;
    std::vector<double> both;
    for (auto _ : state) {
        std::remove(path.c_str());
        write.push_back(timed([&] { save({.writer = writer}); }));
        hash.push_back(timed(hash_all));
        std::remove(path.c_str());
        apart.push_back(timed([&] {
            std::thread other(hash_all);
            save({.writer = writer});
            other.join();
        }));
        std::remove(path.c_str());
        both.push_back(timed([&] {
            save({.writer = writer, .hashes = stet::hashes::while_saving{.modelspec_field = true}});
        }));
        state.SetIterationTime(both.back());
    }
    std::remove(path.c_str());
    const auto least = [](const std::vector<double>& of_all) {
        return *std::min_element(of_all.begin(), of_all.end());
    };
    state.counters["write"] = median(write);
    state.counters["hash"] = median(hash);
    state.counters["apart"] = median(apart);
    state.counters["both"] = median(both);
    state.counters["x_slower"] = median(both) / std::max(median(write), median(hash));
    state.counters["x_slower_least"] = least(both) / std::max(least(write), least(hash));
    state.counters["x_apart"] = median(both) / median(apart);
}

} // namespace

BENCHMARK(digest<stet::hashes::sha256>)->Unit(benchmark::kMicrosecond);
BENCHMARK(digest<stet::hashes::crc32>)->Unit(benchmark::kMicrosecond);
BENCHMARK(digest<stet::hashes::blake3>)->Unit(benchmark::kMicrosecond);
BENCHMARK(sha256_beside_openssl)->Iterations(5)->UseManualTime();
BENCHMARK_CAPTURE(durable_save_with_hash, usual, stet::file_writer{})
    ->Arg(512)
    ->Iterations(11)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(durable_save_with_hash, direct, stet::direct_writer())
    ->Arg(512)
    ->Iterations(11)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
