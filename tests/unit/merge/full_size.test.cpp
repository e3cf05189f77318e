// SPDX-License-Identifier: MIT
// Checkpoints of holes, as large as a disk allows, merged in the memory of a few blocks.
#include "support/counting_heap.hpp"
#include "support/scratch_directory.hpp"

#include <stet/merge.hpp>
#include <stet/read/mapped_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;

/// Memory of the process that belongs to no file; 0 where the system does not say.
std::size_t own_memory()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::size_t kib = 0;
        if (word == "RssAnon:" && status >> kib)
            return kib * 1024;
    }
    return 0;
}

/// Takes what comes and looks at the memory now and then.
struct watching_sink {
    std::uint64_t bytes = 0;
    std::uint64_t seen_at = 0;
    std::size_t   peak = 0;

    stet::result<void> write(stet::bytes data)
    {
        bytes += data.size();
        if (bytes - seen_at >= 16 * mib) {
            seen_at = bytes;
            peak = std::max(peak, own_memory());
        }
        return {};
    }
};

/// Tensors of F16 that are holes, and layers of 8-bit floats with a scale.
void make_sparse(const std::string& path, std::size_t tensors, std::uint64_t rows)
{
    constexpr std::uint64_t columns = 4096;
    std::string             header = "{";
    std::uint64_t           offset = 0;
    const auto              add = [&](const std::string& name, const char* type, const std::string& shape,
                         std::uint64_t size) {
        header += (header.size() == 1 ? "\"" : ",\"") + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" +
                  shape + "],\"data_offsets\":[" + std::to_string(offset) + "," +
                  std::to_string(offset + size) + "]}";
        offset += size;
    };
    const std::string matrix = std::to_string(rows) + "," + std::to_string(columns);
    for (std::size_t i = 0; i < tensors; ++i)
        add("q" + std::to_string(i) + ".weight_scale", "F32", "", 4);
    for (std::size_t i = 0; i < tensors; ++i) {
        add("w" + std::to_string(i), "F16", matrix, rows * columns * 2);
        add("q" + std::to_string(i) + ".weight", "F8_E4M3", matrix, rows * columns);
    }
    std::string layers;
    for (std::size_t i = 0; i < tensors; ++i)
        layers += std::string(layers.empty() ? "" : ", ") + R"(\"q)" + std::to_string(i) +
                  R"(\": {\"format\": \"float8_e4m3fn\"})";
    header += R"(,"__metadata__":{"_quantization_metadata":"{\"layers\": {)" + layers + R"(}}"}})";
    std::string start;
    for (unsigned i = 0; i < 8; ++i)
        start += static_cast<char>(header.size() >> (8 * i) & 0xFFU);
    start += header;
    std::ofstream(path, std::ios::binary) << start;
    std::error_code failed;
    std::filesystem::resize_file(path, start.size() + offset, failed);
    REQUIRE_FALSE(failed);
}

/// Merges a file with itself. returns: the most memory that it took besides
template <class Checkpoint>
void check_merge(const Checkpoint& a, const Checkpoint& b, std::uint64_t numbers)
{
    support::counting_heap heap;
    const std::size_t      before = own_memory();
    const auto             merged = stet::merging::merge(a, b, {.type = stet::dtype::bf16}, heap.allocator());
    REQUIRE(merged);
    watching_sink sink;
    for (const auto& [name, tensor] : *merged)
        REQUIRE(stet::pour(tensor, sink));
    CHECK(sink.bytes == numbers * 2);
    const std::size_t extra = sink.peak > before ? sink.peak - before : 0;
    std::printf("%llu MiB merged: %zu KiB allocated, %zu KiB of memory besides\n",
                static_cast<unsigned long long>(sink.bytes / mib), heap.peak_bytes() / 1024, extra / 1024);
    CHECK(extra < 64 * mib);
    CHECK(heap.peak_bytes() < 4 * mib);
}

void check_files(std::size_t tensors, std::uint64_t rows)
{
    const support::scratch_directory here;
    const std::string                path = here / "holes.safetensors";
    const std::string                other = here / "others.safetensors";
    make_sparse(path, tensors, rows);
    make_sparse(other, tensors, rows);
    const std::uint64_t numbers = tensors * rows * 4096 * 2;
    {
        const auto a = stet::mapped_checkpoint::open(path.c_str());
        const auto b = stet::mapped_checkpoint::open(other.c_str());
        REQUIRE(a);
        REQUIRE(b);
        check_merge(*a, *b, numbers);
    }
    const auto a = stet::file_checkpoint::open(path.c_str());
    const auto b = stet::file_checkpoint::open(other.c_str());
    REQUIRE(a);
    REQUIRE(b);
    check_merge(*a, *b, numbers);
}

} // namespace

TEST_CASE("merging takes the memory of some blocks, not of a tensor")
{
    check_files(2, 1024);
}

TEST_CASE("merging 6 GB takes less than 64 MiB beyond the mapping", "[.long]")
{
    check_files(8, 65536);
}
