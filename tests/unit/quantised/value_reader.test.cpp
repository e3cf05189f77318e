// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/poured.hpp"
#include "support/quantised_sample.hpp"
#include "support/short_memory.hpp"

#include <stet/quantised/dequantised.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using stet::quantised::dequantised;
using stet::quantised::value_reader;

namespace {

stet::quantised::layers layers_of(const std::vector<stet::quantised::named_tensor>& all)
{
    auto found = stet::quantised::find_layers(stet::array_view<const stet::quantised::named_tensor>(all));
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    return *std::move(found);
}

} // namespace

static_assert(!std::is_copy_constructible_v<value_reader>);
static_assert(!std::is_move_constructible_v<value_reader>);

TEST_CASE("values come in pieces of any size, the same as whole")
{
    for (const std::string_view format :
         {"float8_e4m3fn", "float8_e5m2", "nvfp4", "mxfp8", "int8_tensorwise", "convrot_w4a4",
          "asym_w4a8_int8", "awq_w4a16", "bnb_nf4", "scaled_fp8"})
    {
        const auto sample = support::sound_sample(format);
        const auto all = sample.named();
        const auto found = layers_of(all);
        const auto values = dequantised::of(found, found[0], stet::dtype::f32);
        REQUIRE(values);
        const std::string whole = support::poured(values->view());
        REQUIRE(whole.size() > 2000);
        for (const std::size_t piece : {std::size_t{4}, std::size_t{120}, whole.size()}) {
            value_reader reader(*values);
            std::string  read;
            while (read.size() < whole.size()) {
                const auto next = reader.next(std::min(piece, whole.size() - read.size()));
                REQUIRE(next);
                read += support::as_text(*next);
            }
            CHECK(read == whole);
            CHECK(support::failure(reader.next(4)) == "tensor_size_mismatch");
        }
    }
}

TEST_CASE("values are F32, whatever type the layer is dequantised to")
{
    const auto sample = support::sound_sample("float8_e4m3fn");
    const auto all = sample.named();
    const auto found = layers_of(all);
    const auto wide = dequantised::of(found, found[0], stet::dtype::f32);
    const auto narrow = dequantised::of(found, found[0], stet::dtype::bf16);
    REQUIRE(wide);
    REQUIRE(narrow);
    value_reader reader(*narrow);
    CHECK(support::as_text(*reader.next(400)) == support::poured(wide->view()).substr(0, 400));
    CHECK(reader.next(0)->empty());
}

TEST_CASE("a layer read in pieces without memory is an error, and what was taken is given back")
{
    const auto sample = support::sound_sample("nvfp4");
    const auto all = sample.named();
    const auto found = layers_of(all);
    const auto values = dequantised::of(found, found[0], stet::dtype::f32);
    REQUIRE(values);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              value_reader reader(*values, memory);
              return support::failure(reader.next(4));
          }) > 1);
}
