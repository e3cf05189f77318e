// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/block_state.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

using stet::detail::block_state_reading;
using stet::quantised::companion;

namespace {

block_state_reading read(std::string_view text, bool is_nested = false)
{
    const auto json = stet::detail::read_json(text);
    REQUIRE(json);
    return stet::detail::read_block_state(json->root(), "nf4", is_nested);
}

} // namespace

TEST_CASE("a state gives block sizes, offset and shape")
{
    const auto one = read(
        R"({"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [3, 5, 7], "nested_blocksize": 256,
            "nested_dtype": "float32", "nested_offset": -0.25})");
    CHECK(one.wrong.empty());
    CHECK(one.state.blocksize == 64);
    CHECK(one.state.nested_blocksize == 256);
    CHECK(std::bit_cast<std::uint64_t>(one.state.nested_offset) == std::bit_cast<std::uint64_t>(-0.25));
    CHECK(one.shape == stet::extents{3, 5, 7});
    CHECK(one.elements == 105);
}

TEST_CASE("the member that is wrong is named")
{
    CHECK(read("7").wrong == "an object");
    CHECK(read("{}").wrong == "shape");
    CHECK(read(R"({"shape": [2]})").wrong == "blocksize");
    CHECK(read(R"({"shape": [2], "blocksize": 64})").wrong == "dtype");
    CHECK(read(R"({"shape": [2], "blocksize": 64, "dtype": "x"})").wrong == "quant_type");
    CHECK(read(R"({"shape": [2], "blocksize": 64, "dtype": "x", "quant_type": "fp4"})").wrong ==
          "quant_type");
    CHECK(read(R"({"shape": [2], "blocksize": 64, "dtype": "x", "quant_type": "nf4"})").wrong.empty());
    CHECK(read(R"({"shape": [2], "blocksize": 64, "dtype": "x", "quant_type": "nf4"})", true).wrong ==
          "nested_blocksize");
    CHECK(read(R"({"shape": [2], "blocksize": 64, "dtype": "x", "quant_type": "nf4", "nested_blocksize": 2})")
              .wrong == "nested_offset");
}

TEST_CASE("a shape of more than eight axes has a count and no axes")
{
    const auto one =
        read(R"({"quant_type": "nf4", "blocksize": 1, "dtype": "", "shape": [1, 1, 1, 1, 1, 1, 1, 2, 3]})");
    CHECK(one.wrong.empty());
    CHECK(one.shape.empty());
    CHECK(one.elements == 6);
}

TEST_CASE("companions are told by their names")
{
    constexpr std::array<companion, 5> all{{{.name = "weight.absmax", .position = 1},
                                            {.name = "weight.quant_map", .position = 2},
                                            {.name = "weight.nested_absmax", .position = 3},
                                            {.name = "weight.nested_quant_map", .position = 4},
                                            {.name = "weight.quant_state.bitsandbytes__fp4", .position = 5}}};
    const auto                         found = stet::detail::block_companions_of({.companions = all});
    CHECK(found.absmax == 1);
    CHECK(found.quant_map == 2);
    CHECK(found.nested_absmax == 3);
    CHECK(found.nested_quant_map == 4);
    CHECK(found.state == 5);
    CHECK(found.quant_type == "fp4");
    CHECK(found.is_any());
    CHECK_FALSE(stet::detail::block_companions_of({}).is_any());
}
