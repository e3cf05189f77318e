// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/cut_tensor.hpp"
#include "support/exact_floats.hpp"
#include "support/failure.hpp"
#include "support/stored_layers.hpp"

#include <stet/quantised/impl/layer_scales.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>

using stet::dtype;
using stet::detail::byte_code_value;
using stet::detail::layer_scales;
using stet::detail::stored_values;
using stet::detail::value_rule;

TEST_CASE("one-byte codes are what their type says")
{
    CHECK(byte_code_value({.codes = dtype::i8}, 0x80) == -128.0F);
    CHECK(byte_code_value({.codes = dtype::f8_e4m3}, 0x7E) == 448.0F);
    CHECK(byte_code_value({.codes = dtype::f8_e5m2}, 0x7B) == 57344.0F);
}

TEST_CASE("codes of E5M2 that are read as E4M3 are rounded and stay finite")
{
    const stored_values cast{.codes = dtype::f8_e5m2, .is_e5m2_read_as_e4m3 = true};
    CHECK(byte_code_value(cast, 0x3C) == 1.0F);
    CHECK(byte_code_value(cast, 0x7B) == 448.0F);
    CHECK(byte_code_value(cast, 0x7C) == 448.0F); // an infinity
    CHECK(byte_code_value(cast, 0x01) == 0.0F);   // 2^-16
}

TEST_CASE("all that a layer has beside its codes is at hand")
{
    support::stored_layer one(value_rule::asym_w4a8);
    fill(one);
    one.layer.scale = one.kept(dtype::u8, {1}, "\x3C"); // called U8, and E4M3 all the same
    layer_scales scales(stet::heap());
    REQUIRE(scales.collect(one.layer, stet::heap()));
    CHECK(scales.scale[0] == 1.5F);
    CHECK(scales.second_scale.size() == 5);
    CHECK(scales.levels.empty());
    CHECK(scales.zeros.empty());

    support::stored_layer blocks(value_rule::mxfp8);
    fill(blocks);
    layer_scales of_blocks(stet::heap());
    REQUIRE(of_blocks.collect(blocks.layer, stet::heap()));
    CHECK(of_blocks.code_values[0x7E] == 448.0F);
    CHECK(of_blocks.scale.size() == 512);
}

TEST_CASE("scales that have to be collected need memory")
{
    support::stored_layer one(value_rule::awq_w4a16);
    fill(one);
    const support::cut_tensor cut(one.layer.zeros, 3);
    one.layer.zeros = cut.view();
    support::counting_heap heap;
    heap.fail_from(0);
    layer_scales scales(heap.allocator());
    CHECK(support::failure(scales.collect(one.layer, heap.allocator())) == "out_of_memory");
}
