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

/// Merges a file with itself, and looks at the memory that it takes besides.
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

/// A file of holes and its name; opened twice it is both sides of a merge.
struct sparse_file {
    sparse_file(std::size_t tensors, std::uint64_t rows) : numbers(tensors * rows * 4096 * 2)
    {
        make_sparse(path, tensors, rows);
    }

    template <class Checkpoint>
    void check() const
    {
        const auto a = Checkpoint::open(path.c_str());
        const auto b = Checkpoint::open(path.c_str());
        REQUIRE(a);
        REQUIRE(b);
        check_merge(*a, *b, numbers);
    }

    support::scratch_directory here{};
    std::string                path = here / "holes.safetensors";
    std::uint64_t              numbers;
};

} // namespace

TEST_CASE("merging takes the memory of some blocks, not of a tensor")
{
    const sparse_file file(2, 1024);
    file.check<stet::mapped_checkpoint>();
    file.check<stet::file_checkpoint>(); // read instead of mapped
}

TEST_CASE("merging 6 GB takes less than 64 MiB beyond the mapping", "[.long]")
{
    sparse_file(8, 65536).check<stet::mapped_checkpoint>();
}
