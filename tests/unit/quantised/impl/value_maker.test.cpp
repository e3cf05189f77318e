// SPDX-License-Identifier: MIT
#include "support/exact_floats.hpp"
#include "support/piece_sink.hpp"
#include "support/stored_layers.hpp"

#include <stet/quantised/impl/value_maker.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

using stet::dtype;
using stet::detail::value_maker;
using stet::detail::value_rule;

namespace {

/// The values of a layer as floats, made through words of a type.
template <class Word>
std::vector<float> made(const support::stored_layer& one, dtype wanted)
{
    support::piece_sink sink;
    value_maker<Word>   making(one.layer, wanted, sink, stet::heap());
    REQUIRE(making.prepare());
    const auto size = stet::detail::stored_row_size(one.layer.rule, one.layer.stored_columns, one.layer.bits);
    REQUIRE(making.put(one.layer.weight.packed().data(), one.layer.weight.packed().size() / size));
    REQUIRE(making.flush());
    std::vector<float> values;
    for (const auto word : support::numbers_in<Word>(sink.joined()))
        values.push_back(stet::detail::value_of(wanted, word));
    return values;
}

std::vector<float> floats_of(const support::stored_layer& one)
{
    return made<std::uint32_t>(one, dtype::f32);
}

} // namespace

static_assert(!std::is_copy_constructible_v<value_maker<std::uint16_t>>);

TEST_CASE("a byte is its code times the scale of its group, both rounded first where codes are floats")
{
    support::stored_layer one(value_rule::bytes);
    one.layer.codes = dtype::f8_e4m3;
    one.layer.columns = 4;
    one.layer.group = 2;
    one.layer.weight = one.kept(dtype::f8_e4m3, {4}, "\x38\x40\x38\xC0"); // 1, 2, 1, -2
    one.layer.scale = one.numbers({2, 1}, {0.5F, 1.00390625F});
    CHECK(floats_of(one) == std::vector<float>{0.5F, 1.0F, 1.00390625F, -2.0078125F});
    CHECK(made<std::uint16_t>(one, dtype::bf16) == std::vector<float>{0.5F, 1.0F, 1.0F, -2.0F});

    one.layer.codes = dtype::i8; // here only what comes out is rounded
    one.layer.weight = one.kept(dtype::i8, {4}, "\x01\x02\x03\xFE");
    CHECK(made<std::uint16_t>(one, dtype::bf16) == std::vector<float>{0.5F, 1.0F, 3.015625F, -2.0F});
}

TEST_CASE("long groups give what short ones give")
{
    support::stored_layer one(value_rule::bytes);
    one.layer.codes = dtype::f8_e5m2;
    one.layer.columns = 70'000; // more than a block, and more than is worth a table
    one.layer.weight = one.codes(dtype::f8_e5m2, {70'000}, 0x7C);
    one.layer.scale = one.numbers({}, {0.37F});
    one.layer.group = 70'000;
    const auto together = made<std::uint16_t>(one, dtype::f16);
    one.layer.scale = one.numbers({70'000}, std::vector<float>(70'000, 0.37F));
    one.layer.group = 1;
    CHECK(made<std::uint16_t>(one, dtype::f16) == together);
    one.layer.scale = {};
    one.layer.group = 70'000;
    CHECK(made<std::uint16_t>(one, dtype::f16) != together); // without a scale the codes are the values
}

TEST_CASE("nvfp4 rounds its scales, their product, and what they make of a code")
{
    support::stored_layer one(value_rule::nvfp4);
    one.layer.group = 16;
    one.layer.stored_rows = 3;
    one.layer.rows = 2;
    one.layer.stored_columns = 32;
    one.layer.columns = 18;
    std::string codes(48, '\0');
    codes[0] = '\x7A'; // 6, -1
    codes[8] = '\x1F'; // .5, -6
    one.layer.weight = one.kept(dtype::u8, {3, 16}, codes);
    std::string scales(512, '\0');
    scales[0] = '\x38'; // 1
    scales[1] = '\x3C'; // 1.5
    one.layer.scale = one.kept(dtype::u8, {512}, scales);
    one.layer.second_scale = one.numbers({1}, {1.00390625F});
    const auto values = floats_of(one);
    REQUIRE(values.size() == 36);
    CHECK(values[0] == 6 * 1.00390625F);
    CHECK(values[1] == -1.00390625F);
    CHECK(values[16] == 0.5F * 1.5F * 1.00390625F);
    CHECK(values[17] == -9 * 1.00390625F);
    CHECK(values[18] == 0.0F);
    CHECK(made<std::uint16_t>(one, dtype::bf16)[0] == 6.0F); // the whole scale is 1 in that type
}

TEST_CASE("each expert of a bank has its own scale, or all the same")
{
    support::stored_layer one(value_rule::nvfp4);
    one.layer.group = 16;
    one.layer.experts = 2;
    one.layer.stored_rows = one.layer.rows = 1;
    one.layer.stored_columns = one.layer.columns = 16;
    one.layer.weight = one.kept(dtype::u8, {2, 1, 8}, std::string(16, '\x22')); // 1
    one.layer.scale = one.kept(dtype::f8_e4m3, {2, 128, 4}, std::string(1024, '\x38'));
    one.layer.second_scale = one.numbers({2}, {2, 3});
    std::vector<float> wanted(16, 2);
    wanted.resize(32, 3);
    CHECK(floats_of(one) == wanted);
    one.layer.second_scale = one.numbers({}, {2});
    CHECK(floats_of(one) == std::vector<float>(32, 2));
}

TEST_CASE("awq adds the zero point to a product that was rounded, by the type of its scales")
{
    support::stored_layer one(value_rule::awq_w4a16);
    one.layer.group = 16;
    one.layer.stored_rows = one.layer.rows = 1;
    one.layer.stored_columns = one.layer.columns = 32;
    one.layer.weight = one.kept(dtype::i8, {1, 16}, "\xB0" + std::string(15, '\x88')); // 0, 11, then 8
    one.layer.scale = one.numbers({2, 1}, {0.1F, 1.0F});
    one.layer.zeros = one.numbers({2, 1}, {0.25F, -2.0F});
    const auto values = floats_of(one);
    CHECK(values[0] == -0.8F + 0.25F);
    CHECK(values[1] == 3 * 0.1F + 0.25F);
    CHECK(values[2] == 0.25F);
    CHECK(values[16] == -2.0F);
    // Scales of the type wanted: every step is rounded to it.
    one.layer.scale =
        one.kept(dtype::bf16, {2, 1}, support::little_endian(std::vector<std::uint16_t>{0x3DCD, 0x3F80}));
    one.layer.zeros =
        one.kept(dtype::bf16, {2, 1}, support::little_endian(std::vector<std::uint16_t>{0x3E80, 0xC000}));
    const float step = stet::detail::rounded_to(dtype::bf16, 3 * 0.100097656F);
    CHECK(made<std::uint16_t>(one, dtype::bf16)[1] == stet::detail::rounded_to(dtype::bf16, step + 0.25F));
}

TEST_CASE("groups that are no whole blocks give the same")
{
    support::stored_layer one(value_rule::awq_w4a16);
    fill(one);
    const auto values = floats_of(one);
    // The same scales for each half of a group.
    one.layer.group = 8;
    const auto repeated = [&](const stet::tensor_view& of) {
        std::string all;
        for (std::size_t group = 0; group < 8; ++group)
            all += support::as_text(of.packed().subspan(group / 4 * 20, 20));
        return one.kept(dtype::f32, {8, 5}, all);
    };
    one.layer.scale = repeated(one.layer.scale);
    one.layer.zeros = repeated(one.layer.zeros);
    CHECK(floats_of(one) == values);
}

TEST_CASE("bitsandbytes counts blocks through the whole tensor, and an odd value ends it")
{
    support::stored_layer one(value_rule::bitsandbytes);
    one.layer.columns = 5;
    one.layer.group = 3;
    one.layer.weight = one.kept(dtype::u8, {3, 1}, "\x01\x23\x4F");
    std::vector<float> levels(16);
    for (std::size_t i = 0; i < 16; ++i)
        levels[i] = static_cast<float>(i) / 8;
    one.layer.levels = one.numbers({16}, levels);
    one.layer.scale = one.numbers({2}, {2, 16});
    CHECK(floats_of(one) == std::vector<float>{0, 0.25F, 0.5F, 6, 8});
    // Nested: the maxima are codes, with a scale and an offset.
    one.layer.scale = one.kept(dtype::u8, {2}, std::string("\x01\x02", 2));
    std::vector<float> maxima(256);
    maxima[1] = 0.5F;
    maxima[2] = -0.25F;
    one.layer.nested_levels = one.numbers({256}, maxima);
    one.layer.second_scale = one.numbers({2}, {2, 4});
    one.layer.nested_group = 1;
    one.layer.nested_offset = 1;
    CHECK(floats_of(one) == std::vector<float>{0, 0.25F, 0.5F, 0, 0});
}
