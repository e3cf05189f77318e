// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/scale_values.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

using stet::dtype;
using stet::detail::are_codes;
using stet::detail::look_at_scales;
using stet::detail::odd_scales;
using stet::detail::stored_shape;
using stet::quantised::side_shape;
using stet::quantised::side_tensor;
using stet::quantised::side_values;

namespace {

odd_scales odd_codes(const std::vector<std::uint8_t>& codes, const side_tensor& meaning,
                     const stored_shape& weight)
{
    const auto view = stet::view_of(dtype::u8, {codes.size()}, std::as_bytes(std::span(codes)));
    REQUIRE(view);
    const auto found = look_at_scales(*view, meaning, weight, 16);
    REQUIRE(found);
    return *found;
}

bool is_code(float number, dtype codes)
{
    const std::array<float, 1> one{number};
    const auto                 view = stet::view_of(one, {1});
    const auto                 all = are_codes(*view, codes);
    REQUIRE(all);
    return *all;
}

} // namespace

TEST_CASE("scales that are numbers are NaN, infinite or 0")
{
    const std::array<float, 6> scales{
        1.0F,  -0.0F, 0.0F, std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity(),
        1e-40F};
    const auto found =
        look_at_scales(*stet::view_of(scales, {6}), {.name = "s", .values = side_values::scale}, {}, 1);
    REQUIRE(found);
    CHECK(found->zero == 2);
    CHECK(found->not_numbers == 1);
    CHECK(found->infinite == 1);
    CHECK(found->any());
    const std::array<std::int64_t, 1> whole{0};
    CHECK(look_at_scales(*stet::view_of(whole, {1}), {.name = "s", .values = side_values::scale}, {}, 1));
}

TEST_CASE("codes of E4M3 are NaN or 0 at both signs, those of E8M0 0 and infinite")
{
    std::vector<std::uint8_t> all(256);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::uint8_t>(i);
    const auto e4m3 = odd_codes(all, {.name = "s", .values = side_values::e4m3_codes}, {});
    CHECK((e4m3.zero == 2 && e4m3.not_numbers == 2 && e4m3.infinite == 0));
    const auto e8m0 = odd_codes(all, {.name = "s", .values = side_values::e8m0_codes}, {});
    CHECK((e8m0.zero == 1 && e8m0.not_numbers == 0 && e8m0.infinite == 1));
}

TEST_CASE("in tiles only scales of the weight are looked at, wherever they lie")
{
    const side_tensor  meaning{.name = "s", .shape = side_shape::blocks, .values = side_values::e4m3_codes};
    const stored_shape weight{.is_bank = true, .experts = 2, .rows = 131, .columns = 6 * 16};
    const std::size_t  expert = std::size_t{256} * 8;
    std::vector<std::uint8_t> codes(2 * expert, 0x7F); // NaN where nobody looks
    for (std::size_t e = 0; e < 2; ++e) {
        for (std::size_t r = 0; r < 131; ++r) {
            for (std::size_t c = 0; c < 6; ++c)
                codes[e * expert + (r / 128 * 2 + c / 4) * 512 + r % 32 * 16 + r % 128 / 32 * 4 + c % 4] =
                    0x38;
        }
    }
    CHECK_FALSE(odd_codes(codes, meaning, weight).any());
    codes[expert + 2 * 512 + 512 + 2 * 16 + 1] = 0x7F; // row 130, column 5 of the second
    CHECK(odd_codes(codes, meaning, weight).not_numbers == 1);
    codes[expert + 2 * 512 + 512 + 3 * 16 + 1] = 0; // row 131
    CHECK(odd_codes(codes, meaning, weight).zero == 0);
    CHECK_FALSE(odd_codes(codes, meaning, {.rows = 0, .columns = 16}).any());
}

TEST_CASE("numbers are codes of E4M3 when a code stands for them")
{
    constexpr auto type = dtype::f8_e4m3;
    for (const float number : {0.0F, -0.0F, 1.0F, 1.125F, -448.0F, 0x1p-9F, 0x1.8p-8F, 0x1p-6F, 416.0F})
        CHECK(is_code(number, type));
    for (const float number : {1.0625F, 449.0F, 0x1p-10F, 0x1.8p-9F, 0x1.1p-6F, 1e30F, 1e-40F,
                               std::numeric_limits<float>::infinity()})
        CHECK_FALSE(is_code(number, type));
    CHECK(is_code(std::numeric_limits<float>::quiet_NaN(), type));
}

TEST_CASE("numbers are codes of E5M2 or I8 when a code stands for them")
{
    for (const float number : {1.25F, 57344.0F, 0x1p-16F, -std::numeric_limits<float>::infinity()})
        CHECK(is_code(number, dtype::f8_e5m2));
    for (const float number : {1.125F, 61440.0F, 0x1p-17F})
        CHECK_FALSE(is_code(number, dtype::f8_e5m2));
    for (const float number : {-128.0F, 127.0F, 0.0F, -1.0F})
        CHECK(is_code(number, dtype::i8));
    for (const float number : {128.0F, -129.0F, 0.5F, 1e30F, std::numeric_limits<float>::quiet_NaN()})
        CHECK_FALSE(is_code(number, dtype::i8));
}
