// SPDX-License-Identifier: MIT
// A checkpoint of holes, as large as a disk allows, dequantised in the memory of a few rows.
#include "support/counting_heap.hpp"
#include "support/file_of_holes.hpp"
#include "support/own_memory.hpp"
#include "support/scratch_directory.hpp"

#include <stet/quantised/dequantised.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/save/write.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using support::mib;

constexpr std::uint64_t columns = 16384;

/// Layers of nvfp4 whose codes and scales are holes.
struct sparse_layers {
    sparse_layers(std::size_t layers, std::uint64_t rows) : numbers(layers * rows * columns)
    {
        const std::string      marker = R"({"format": "nvfp4"})";
        support::file_of_holes file;
        std::string            first(4 * layers, '\0');
        for (std::size_t i = 0; i < layers; ++i)
            file.add(name_of(i) + ".weight_scale_2", "F32", "", 4);
        for (std::size_t i = 0; i < layers; ++i) {
            file.add(name_of(i) + ".comfy_quant", "U8", std::to_string(marker.size()), marker.size());
            first += marker;
        }
        for (std::size_t i = 0; i < layers; ++i) {
            const std::string of_rows = std::to_string(rows) + ",";
            file.add(name_of(i) + ".weight_scale", "F8_E4M3", of_rows + std::to_string(columns / 16),
                     rows * columns / 16);
            file.add(name_of(i) + ".weight", "U8", of_rows + std::to_string(columns / 2), rows * columns / 2);
        }
        REQUIRE(file.write(path, "{}", first));
    }

    static std::string name_of(std::size_t layer) { return "l" + std::to_string(layer); }

    support::scratch_directory here{};
    std::string                path = here / "holes.safetensors";
    std::uint64_t              numbers;
};

/// Saves a file to nowhere, its layers dequantised. Returns 0, or how far it came.
template <class Checkpoint>
int save_dequantised(const sparse_layers& layers, const stet::allocator& memory)
{
    const auto file = Checkpoint::open(layers.path.c_str());
    if (!file)
        return 1;
    const auto found = stet::quantised::find_layers(*file);
    if (!found)
        return 2;
    const auto model = stet::quantised::dequantised_model::of(*found, stet::dtype::bf16, memory);
    if (!model)
        return 3;
    support::counting_sink sink;
    if (!stet::save(*model, sink))
        return 4;
    return sink.bytes > layers.numbers * 2 ? 0 : 5;
}

#ifdef SUPPORT_LIMITS_MEMORY
void check_limited(const sparse_layers& layers)
{
    // The second is read instead of mapped: the scales of a layer come to memory.
    support::check_in_memory_of(
        64 * mib, [&] { return save_dequantised<stet::mapped_checkpoint>(layers, stet::heap()); },
        [&] { return save_dequantised<stet::file_checkpoint>(layers, stet::heap()); });
}
#endif

} // namespace

TEST_CASE("dequantising takes the memory of a row, not of a layer")
{
    constexpr std::uint64_t rows = 512;
    const sparse_layers     layers(2, rows);
    {
        support::counting_heap heap;
        CHECK(save_dequantised<stet::mapped_checkpoint>(layers, heap.allocator()) == 0);
        CHECK(heap.peak_bytes() < mib / 2);
    }
    // Read instead of mapped: the scales of a layer and a row of its codes come to memory.
    support::counting_heap heap;
    CHECK(save_dequantised<stet::file_checkpoint>(layers, heap.allocator()) == 0);
    CHECK(heap.peak_bytes() < rows * columns / 16 + mib / 2);
}

#ifdef SUPPORT_LIMITS_MEMORY
TEST_CASE("dequantising 300 MB takes less than 64 MiB beyond the file")
{
    check_limited({2, 16384});
}

TEST_CASE("dequantising 6 GB takes less than 64 MiB beyond the file", "[.long]")
{
    check_limited({43, 16384});
}
#endif
