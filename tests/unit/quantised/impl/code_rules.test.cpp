// SPDX-License-Identifier: MIT
#include "support/exact_floats.hpp"

#include <stet/quantised/impl/code_rules.hpp>
#include <stet/quantised/impl/value_words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using stet::dtype;
using stet::detail::largest_of;
using stet::detail::row_scale;
using stet::detail::value_rule;
using stet::detail::whole_scale;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

template <class... Byte>
std::vector<std::byte> bytes(Byte... each)
{
    return {static_cast<std::byte>(each)...};
}

float float8(float largest, dtype codes, dtype values)
{
    return whole_scale(largest, value_rule::bytes, codes, values);
}

} // namespace

TEST_CASE("the largest magnitude is that of all, and NaN above all")
{
    const std::array<float, 4> values{1, -3, 2, -0.5F};
    CHECK(largest_of(values.data(), 4) == 3.0F);
    CHECK(largest_of(values.data(), 4, 5) == 5.0F);
    CHECK(largest_of(values.data(), 0) == 0.0F);
    const std::array<float, 3> odd{-infinity, -not_a_number, 1};
    CHECK(largest_of(odd.data(), 1) == infinity);
    CHECK(stet::detail::is_nan(largest_of(odd.data(), 3)));
}

TEST_CASE("a scale of float8 brings the largest value to the largest code, and its inverse is a number")
{
    CHECK(float8(448, dtype::f8_e4m3, dtype::f32) == 1.0F);
    CHECK(float8(57344, dtype::f8_e5m2, dtype::f32) == 1.0F);
    CHECK(float8(1, dtype::f8_e4m3, dtype::bf16) == 1.0F / 448.0F);
    CHECK(float8(1, dtype::f8_e4m3, dtype::f16) == 1.0F / (1.0F / (1.0F / 448.0F)));
    CHECK(float8(0x1p-20F, dtype::f8_e4m3, dtype::f16) == 1.0F / 65504.0F); // whose inverse F16 just holds
    CHECK(float8(0, dtype::f8_e4m3, dtype::f32) == 1.0F);
    CHECK(float8(1e-40F, dtype::f8_e4m3, dtype::f32) == 0x1p-126F);
}

TEST_CASE("a scale of nvfp4 is rounded to the type of the values, but never to nothing")
{
    const auto nvfp4 = [](float largest, dtype values) {
        return whole_scale(largest, value_rule::nvfp4, dtype::f8_e4m3, values);
    };
    CHECK(nvfp4(2688, dtype::f32) == 1.0F);
    CHECK(nvfp4(1, dtype::bf16) == stet::detail::rounded_to(dtype::bf16, 1.0F / 2688.0F));
    CHECK(nvfp4(0x1p-24F, dtype::f16) == 0x1p-24F / 2688.0F);
    CHECK(nvfp4(0, dtype::f32) == 1.0F);
    CHECK(nvfp4(0x1p-149F, dtype::f32) == 1.0F);
}

TEST_CASE("scales of integers have a least value, blocks no scale of the whole")
{
    CHECK(whole_scale(127, value_rule::bytes, dtype::i8, dtype::f32) == 1.0F);
    CHECK(whole_scale(0, value_rule::bytes, dtype::i8, dtype::f32) == 1e-30F);
    CHECK(whole_scale(5, value_rule::mxfp8, dtype::f8_e4m3, dtype::f32) == 1.0F);
    CHECK(row_scale(254, value_rule::rotated_bytes) == 2.0F);
    CHECK(row_scale(0, value_rule::asym_w4a8) == 1e-30F);
    CHECK(row_scale(14, value_rule::convrot_w4a4) == 2.0F);
    CHECK(row_scale(0, value_rule::convrot_w4a4) == 1e-10F / 7.0F);
}

TEST_CASE("values for float8 are scaled in their own type and kept within the codes")
{
    std::array<float, 5> values{1, 1000, -infinity, not_a_number, 1.01171875F};
    stet::detail::scale_for_float8(values.data(), 5, 0.5F, dtype::f8_e4m3, dtype::bf16);
    CHECK(values[0] == 2.0F);
    CHECK(values[1] == 448.0F);
    CHECK(values[2] == -448.0F);
    CHECK(stet::detail::is_nan(values[3]));
    CHECK(values[4] == 2.03125F); // rounded to BF16
    values[0] = 1e6F;
    stet::detail::scale_for_float8(values.data(), 1, 1, dtype::f8_e5m2, dtype::f32);
    CHECK(values[0] == 57344.0F);
}

TEST_CASE("codes of a byte are the nearest integers, ties to even")
{
    std::array<float, 6>   values{0.5F, 1.5F, -1.5F, 200, -200, -infinity};
    std::vector<std::byte> codes(6);
    stet::detail::int8_codes(values.data(), 6, 1, dtype::f32, codes.data());
    CHECK(codes == bytes(0, 2, 0xFE, 127, 0x80, 0x80));
    std::array<float, 2> halves{0x1p-14F, 0};
    stet::detail::int8_codes(halves.data(), 2, 1e-30F, dtype::f16, codes.data()); // a scale that F16 has not
    CHECK(codes[0] == std::byte{1});
    CHECK(codes[1] == std::byte{0});
}

TEST_CASE("a block of nvfp4 has its largest value at 6, two codes a byte, the even one high")
{
    std::array<float, 16> values{6, -3, 0.5F, 0, 1.4F, -0.2F};
    CHECK(stet::detail::nvfp4_block_scale(values.data(), 16, 1) == 0x38);
    CHECK(stet::detail::nvfp4_block_scale(values.data(), 16, 1e-5F) == 0x7E); // no more than 448
    std::vector<std::byte> codes(8);
    stet::detail::nvfp4_codes(values.data(), 16, 1, 0x38, codes.data());
    CHECK(codes == bytes(0x7D, 0x10, 0x38, 0, 0, 0, 0, 0));
    stet::detail::nvfp4_codes(values.data(), 3, 1, 0x38, codes.data()); // the rest is padding
    CHECK(codes == bytes(0x7D, 0x10, 0, 0, 0, 0, 0, 0));
    stet::detail::nvfp4_codes(values.data(), 16, 1, 0, codes.data()); // a scale of 0
    CHECK(codes == bytes(0, 0, 0, 0, 0, 0, 0, 0));
}

TEST_CASE("a block of mxfp8 has a power of two, rounded up from a logarithm that is a float")
{
    const auto scale = [](float largest) { return stet::detail::mxfp8_block_scale(&largest, 1); };
    CHECK(scale(448) == 127);
    CHECK(scale(449) == 128);
    CHECK(scale(448 * 0x1p8F * 1.0000002F) == 135); // too little above to be seen in the logarithm
    CHECK(scale(0) == 0);
    CHECK(scale(0x1p-149F) == 0);
    CHECK(scale(std::numeric_limits<float>::max()) == 247);
    std::array<float, 3>   values{448, -1, 0};
    std::vector<std::byte> codes(32);
    stet::detail::mxfp8_codes(values.data(), 3, 127, codes.data());
    CHECK(codes[0] == std::byte{0x7E});
    CHECK(codes[1] == std::byte{0xB8});
    CHECK(codes[2] == std::byte{0});
    CHECK(codes[31] == std::byte{0});
    stet::detail::mxfp8_codes(values.data(), 3, 0, codes.data()); // readers see 0 whatever the code
    CHECK(codes[1] == std::byte{0xFE});
    CHECK(codes[2] == std::byte{0});
}

TEST_CASE("nibbles are signed, from -7 to 7, the even column low")
{
    const std::array<float, 4> values{1, -2, 100, -100};
    std::vector<std::byte>     codes(2);
    stet::detail::int4_codes(values.data(), 4, 1, codes.data());
    CHECK(codes == bytes(0xE1, 0x97));
}
