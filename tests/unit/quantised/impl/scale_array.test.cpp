// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/cut_tensor.hpp"
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"

#include <stet/quantised/impl/scale_array.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using stet::dtype;
using stet::detail::scale_array;

namespace {

stet::tensor_view tensor_of(dtype type, const std::string& content)
{
    const auto view = stet::view_of(type, {content.size() / element_size(type)}, support::as_bytes(content));
    REQUIRE(view);
    return *view;
}

std::vector<float> all(const scale_array& scales)
{
    std::vector<float> numbers;
    for (std::uint64_t i = 0; i < scales.size(); ++i)
        numbers.push_back(scales[i]);
    return numbers;
}

} // namespace

TEST_CASE("scales of every float type are floats")
{
    const auto read = [](dtype type, const std::string& content) {
        return all(*scale_array::of(tensor_of(type, content), type, stet::heap()));
    };
    const std::vector<float> wanted{1.5F, -0.25F};
    CHECK(read(dtype::f32, support::little_endian(wanted)) == wanted);
    CHECK(read(dtype::f64, support::little_endian(std::vector<double>{1.5, -0.25})) == wanted);
    CHECK(read(dtype::f16, support::little_endian(std::vector<std::uint16_t>{0x3E00, 0xB400})) == wanted);
    CHECK(read(dtype::bf16, support::little_endian(std::vector<std::uint16_t>{0x3FC0, 0xBE80})) == wanted);
    CHECK(read(dtype::f8_e4m3, "\x3C\xA8") == wanted);
}

TEST_CASE("bytes are read as another type than the tensor's, or as codes")
{
    const std::string content("\x3C\xA8", 2);
    const auto        scales = scale_array::of(tensor_of(dtype::u8, content), dtype::f8_e4m3, stet::heap());
    REQUIRE(scales);
    CHECK(all(*scales) == std::vector<float>{1.5F, -0.25F});
    CHECK(scales->code(0) == 0x3C);
    CHECK(scales->code(1) == 0xA8);
    CHECK(scale_array().empty());
}

TEST_CASE("scales are borrowed where they lie in memory, and collected where they do not")
{
    support::counting_heap heap;
    const std::string      content = support::little_endian(std::vector<float>{1, 2, 3});
    const auto             tensor = tensor_of(dtype::f32, content);
    REQUIRE(scale_array::of(tensor, dtype::f32, heap.allocator()));
    CHECK(heap.allocations() == 0);

    const support::cut_tensor cut(tensor, 5);
    {
        auto collected = scale_array::of(cut.view(), dtype::f32, heap.allocator());
        REQUIRE(collected);
        const scale_array moved = *std::move(collected);
        CHECK(all(moved) == std::vector<float>{1, 2, 3});
    }
    CHECK(heap.allocations() == 1);
    CHECK(heap.live_blocks() == 0);
    heap.fail_from(0);
    CHECK(support::failure(scale_array::of(cut.view(), dtype::f32, heap.allocator())) == "out_of_memory");
}
