// SPDX-License-Identifier: MIT
// Checkpoints of holes, as large as a disk allows, merged in the memory of a few blocks.
#include "support/counting_heap.hpp"
#include "support/file_of_holes.hpp"
#include "support/own_memory.hpp"
#include "support/scratch_directory.hpp"

#include <stet/merge.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/save/write.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using support::mib;

/// Tensors of F16 that are holes, and as many layers of 8-bit floats with a scale.
struct sparse_tensors {
    sparse_tensors(std::size_t tensors, std::uint64_t rows) : numbers(tensors * rows * 4096 * 2)
    {
        const std::string      matrix = std::to_string(rows) + ",4096";
        support::file_of_holes file;
        std::string            layers;
        for (std::size_t i = 0; i < tensors; ++i)
            file.add("q" + std::to_string(i) + ".weight_scale", "F32", "", 4);
        for (std::size_t i = 0; i < tensors; ++i) {
            file.add("w" + std::to_string(i), "F16", matrix, rows * 4096 * 2);
            file.add("q" + std::to_string(i) + ".weight", "F8_E4M3", matrix, rows * 4096);
            layers += std::string(layers.empty() ? "" : ", ") + R"(\"q)" + std::to_string(i) +
                      R"(\": {\"format\": \"float8_e4m3fn\"})";
        }
        REQUIRE(file.write(path, R"({"_quantization_metadata":"{\"layers\": {)" + layers + R"(}}"})"));
    }

    support::scratch_directory here{};
    std::string                path = here / "holes.safetensors";
    std::uint64_t              numbers;
};

/// Merges a file with itself and saves the result to nowhere. Returns 0, or how far it came.
template <class Checkpoint>
int save_merged(const sparse_tensors& tensors, const stet::allocator& memory)
{
    const auto a = Checkpoint::open(tensors.path.c_str());
    const auto b = Checkpoint::open(tensors.path.c_str());
    if (!a || !b)
        return 1;
    const auto merged = stet::merging::merge(*a, *b, {.type = stet::dtype::bf16}, memory);
    if (!merged)
        return 2;
    support::counting_sink sink;
    if (!stet::save(*merged, sink))
        return 3;
    return sink.bytes > tensors.numbers * 2 ? 0 : 4;
}

#ifdef SUPPORT_LIMITS_MEMORY
void check_limited(const sparse_tensors& tensors)
{
    support::check_in_memory_of(
        64 * mib, [&] { return save_merged<stet::mapped_checkpoint>(tensors, stet::heap()); },
        [&] { return save_merged<stet::file_checkpoint>(tensors, stet::heap()); });
}
#endif

} // namespace

TEST_CASE("merging takes the memory of some blocks, not of a tensor")
{
    const sparse_tensors tensors(2, 1024);
    {
        support::counting_heap heap;
        CHECK(save_merged<stet::mapped_checkpoint>(tensors, heap.allocator()) == 0);
        CHECK(heap.peak_bytes() < 4 * mib);
    }
    support::counting_heap heap;
    CHECK(save_merged<stet::file_checkpoint>(tensors, heap.allocator()) == 0); // read instead of mapped
    CHECK(heap.peak_bytes() < 4 * mib);
}

#ifdef SUPPORT_LIMITS_MEMORY
TEST_CASE("merging 300 MB takes less than 64 MiB beyond the files")
{
    check_limited({2, 12288});
}

TEST_CASE("merging 6 GB takes less than 64 MiB beyond the files", "[.long]")
{
    check_limited({8, 65536});
}
#endif
