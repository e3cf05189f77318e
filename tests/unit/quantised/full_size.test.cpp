// SPDX-License-Identifier: MIT
// A checkpoint of holes, as large as a disk allows, dequantised in the memory of a few rows.
#include "support/counting_heap.hpp"
#include "support/scratch_directory.hpp"

#include <stet/quantised/dequantised.hpp>
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

/// Layers of nvfp4 whose codes and scales are holes. returns: the size of the file
std::uint64_t make_sparse(const std::string& path, std::size_t layers, std::uint64_t rows)
{
    constexpr std::uint64_t columns = 16384;
    const std::string       marker = R"({"format": "nvfp4"})";
    std::string             header = "{";
    std::uint64_t           offset = 0;
    const auto              add = [&](const std::string& name, const char* type, const std::string& shape,
                         std::uint64_t size) {
        header += (header.size() == 1 ? "\"" : ",\"") + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" +
                  shape + "],\"data_offsets\":[" + std::to_string(offset) + "," +
                  std::to_string(offset + size) + "]}";
        offset += size;
    };
    for (std::size_t i = 0; i < layers; ++i)
        add("l" + std::to_string(i) + ".weight_scale_2", "F32", "", 4);
    for (std::size_t i = 0; i < layers; ++i)
        add("l" + std::to_string(i) + ".comfy_quant", "U8", std::to_string(marker.size()), marker.size());
    const std::uint64_t markers_end = offset;
    for (std::size_t i = 0; i < layers; ++i) {
        add("l" + std::to_string(i) + ".weight_scale", "F8_E4M3",
            std::to_string(rows) + "," + std::to_string(columns / 16), rows * columns / 16);
        add("l" + std::to_string(i) + ".weight", "U8",
            std::to_string(rows) + "," + std::to_string(columns / 2), rows * columns / 2);
    }
    header += "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    std::string start;
    for (unsigned i = 0; i < 8; ++i)
        start += static_cast<char>(header.size() >> (8 * i) & 0xFFU);
    start += header + std::string(4 * layers, '\0');
    for (std::size_t i = 0; i < layers; ++i)
        start += marker;
    const std::uint64_t size = 8 + header.size() + offset;
    std::ofstream(path, std::ios::binary) << start;
    std::error_code failed;
    std::filesystem::resize_file(path, size, failed);
    REQUIRE_FALSE(failed);
    REQUIRE(start.size() == 8 + header.size() + markers_end);
    return size;
}

/// Dequantises all layers of a file. returns: the most memory that it took besides
template <class Checkpoint>
std::size_t memory_for(const Checkpoint& file, std::uint64_t values, std::size_t& allocated)
{
    support::counting_heap heap;
    const auto             found = stet::quantised::find_layers(file);
    REQUIRE(found);
    const auto model = stet::quantised::dequantised_model::of(*found, stet::dtype::bf16, heap.allocator());
    REQUIRE(model);
    const std::size_t before = own_memory();
    watching_sink     sink;
    for (const auto& [name, tensor] : *model)
        REQUIRE(stet::pour(tensor, sink));
    CHECK(sink.bytes == values * 2);
    allocated = heap.peak_bytes();
    return sink.peak > before ? sink.peak - before : 0;
}

void check_file(std::size_t layers, std::uint64_t rows)
{
    const support::scratch_directory here;
    const std::string                path = here / "holes.safetensors";
    const std::uint64_t              size = make_sparse(path, layers, rows);
    std::size_t                      allocated = 0;
    {
        const auto file = stet::mapped_checkpoint::open(path.c_str());
        REQUIRE(file);
        const std::size_t extra = memory_for(*file, layers * rows * 16384, allocated);
        std::printf("%llu MiB mapped: %zu KiB allocated, %zu KiB of memory besides\n",
                    static_cast<unsigned long long>(size / mib), allocated / 1024, extra / 1024);
        CHECK(extra < 64 * mib);
        CHECK(allocated < mib / 2);
    }
    // Read instead of mapped: the scales of a layer and a row of its codes come to memory.
    const auto file = stet::file_checkpoint::open(path.c_str());
    REQUIRE(file);
    const std::size_t extra = memory_for(*file, layers * rows * 16384, allocated);
    CHECK(extra < 64 * mib);
    CHECK(allocated < rows * 16384 / 16 + mib / 2);
}

} // namespace

TEST_CASE("dequantising takes the memory of a row, not of a layer")
{
    check_file(2, 512);
}

TEST_CASE("dequantising 6 GB takes less than 64 MiB beyond the mapping", "[.long]")
{
    check_file(43, 16384);
}
