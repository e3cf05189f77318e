// SPDX-License-Identifier: MIT
#include "support/exact_floats.hpp"
#include "support/stored_layers.hpp"

#include <stet/quantised/impl/row_floats.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

using stet::dtype;
using stet::detail::layer_scales;
using stet::detail::row_floats;
using stet::detail::value_rule;

namespace {

/// The first columns of a row.
std::vector<float> row_of(const support::stored_layer& one, std::size_t row, std::size_t count,
                          dtype wanted = dtype::f32)
{
    layer_scales scales(stet::heap());
    REQUIRE(scales.collect(one.layer, stet::heap()));
    row_floats rows(one.layer, scales, wanted);
    const auto size = stet::detail::stored_row_size(one.layer.rule, one.layer.stored_columns, one.layer.bits);
    std::vector<float> made(count);
    for (std::size_t i = 0; i <= row; ++i)
        rows.begin(one.layer.weight.packed().data() + i * size, 0, i);
    rows.make(0, count, made.data());
    return made;
}

} // namespace

TEST_CASE("a block of mxfp8 is its codes times a power of two, zero or infinity")
{
    support::stored_layer one(value_rule::mxfp8);
    fill(one);
    std::string scales(512, '\0');
    scales[0] = 126;    // row 0, block 0: 1/2
    scales[1] = '\xFF'; // row 0, block 1: infinity
    one.layer.scale = one.kept(dtype::u8, {128, 4}, scales);
    std::string codes(320, '\x38'); // 1
    codes[1] = '\xC0';              // -2
    codes[33] = '\0';
    one.layer.weight = one.kept(dtype::f8_e4m3, {5, 64}, codes);
    const auto row = row_of(one, 0, 37);
    CHECK(row[0] == 0.5F);
    CHECK(row[1] == -1.0F);
    CHECK(row[32] == std::numeric_limits<float>::infinity());
    CHECK(std::isnan(row[33])); // 0 times infinity
    CHECK(row_of(one, 1, 2)[0] == 0.0F);
}

TEST_CASE("nibbles of a rotated row are signed, the even column low")
{
    support::stored_layer one(value_rule::convrot_w4a4);
    fill(one);
    one.layer.rotation = 4;
    one.layer.stored_columns = one.layer.columns = 4;
    one.layer.weight = one.kept(dtype::i8, {1, 2}, "\x21\xF8"); // 1, 2, -8, -1
    one.layer.scale = one.numbers({1}, {2.0F});
    CHECK(row_of(one, 0, 4) == std::vector<float>{-4.0F, 10.0F, -10.0F, -8.0F});
}

TEST_CASE("a rotated row of bytes is scaled, then rotated")
{
    support::stored_layer one(value_rule::rotated_bytes);
    fill(one);
    one.layer.rotation = 4;
    one.layer.group = one.layer.stored_columns = one.layer.columns = 4;
    one.layer.weight = one.kept(dtype::i8, {1, 4}, "\x04\xFC\x02\x80"); // 4, -4, 2, -128
    one.layer.scale = one.numbers({1, 1}, {0.5F});
    CHECK(row_of(one, 0, 4) == std::vector<float>{32.5F, -32.5F, -29.5F, -33.5F});
}

TEST_CASE("levels are scaled to integers of a byte, then by the row")
{
    support::stored_layer one(value_rule::asym_w4a8);
    fill(one);
    one.layer.rotation = 4;
    one.layer.group = 4;
    one.layer.stored_columns = one.layer.columns = 8;
    one.layer.weight =
        one.kept(dtype::i8, {1, 4}, std::string("\xF9\x88\x09\x88", 4)); // 1, 7, 0, 0 and 1, -8, 0, 0
    one.layer.scale = one.kept(dtype::f32, {1, 2}, support::little_endian(std::vector<float>{2.5F, 20.0F}));
    one.layer.second_scale = one.numbers({1}, {0.5F});
    // 2.5 becomes 2 and 17.5 becomes 18; 20 stays, and -160 becomes -127.
    CHECK(row_of(one, 0, 8) ==
          std::vector<float>{5.0F, 5.0F, -4.0F, 4.0F, -26.75F, -26.75F, 36.75F, -36.75F});
    one.layer.scale = one.numbers({1, 2}, {std::numeric_limits<float>::quiet_NaN(), 0.0F});
    CHECK(std::isnan(row_of(one, 0, 8)[0]));
    CHECK(row_of(one, 0, 8)[4] == 0.0F);
}

TEST_CASE("codes of six bits have their top two behind the low four")
{
    support::stored_layer one(value_rule::asym_w4a8);
    one.layer.bits = 6;
    fill(one);
    one.layer.rotation = 4;
    one.layer.group = one.layer.stored_columns = one.layer.columns = 4;
    // 33, 32, 31, 0, so levels 1, 0, -1, -32
    one.layer.weight = one.kept(dtype::i8, {1, 3}, "\x01\x0F\x1A");
    one.layer.scale = one.numbers({1, 1}, {1.0F});
    one.layer.second_scale = one.numbers({1}, {2.0F});
    CHECK(row_of(one, 0, 4) == std::vector<float>{32.0F, -30.0F, -32.0F, -34.0F});
}

TEST_CASE("a table of levels belongs to all experts, or each has its own")
{
    support::stored_layer one(value_rule::asym_w4a8);
    fill(one);
    one.layer.rotation = 4;
    one.layer.group = one.layer.stored_columns = one.layer.columns = 4;
    one.layer.stored_rows = one.layer.rows = 1;
    one.layer.experts = 2;
    one.layer.weight = one.kept(dtype::i8, {2, 1, 2}, std::string(4, '\0'));
    one.layer.scale = one.numbers({2, 1, 1}, {1, 1});
    one.layer.second_scale = one.numbers({2, 1}, {1, 1});
    std::vector<float> levels(32, 3);
    levels[16] = 5;
    for (const std::size_t count : {16U, 32U}) {
        one.layer.levels =
            one.numbers({count}, {levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(count)});
        layer_scales scales(stet::heap());
        REQUIRE(scales.collect(one.layer, stet::heap()));
        row_floats         rows(one.layer, scales, dtype::f32);
        std::vector<float> made(4);
        rows.begin(one.layer.weight.packed().data(), 0, 0);
        rows.make(0, 4, made.data());
        CHECK(made == std::vector<float>(4, 3));
        rows.begin(one.layer.weight.packed().data() + 2, 1, 0);
        rows.make(0, 4, made.data());
        CHECK(made == std::vector<float>(4, count == 16 ? 3.0F : 5.0F));
    }
}
