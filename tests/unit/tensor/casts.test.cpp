// SPDX-License-Identifier: MIT
#include <stet/tensor/casts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace {

using stet::dtype;
using stet::casts::convert;
using stet::casts::counts;
using stet::casts::too_large;

template <class Number>
std::vector<std::byte> little(const std::vector<Number>& numbers)
{
    std::vector<std::byte> bytes;
    for (const Number number : numbers) {
        const auto bits = static_cast<std::uint64_t>(
            std::bit_cast<std::conditional_t<sizeof(Number) == 4, std::uint32_t, std::uint64_t>>(number));
        for (std::size_t i = 0; i < sizeof(Number); ++i)
            bytes.push_back(static_cast<std::byte>(bits >> (8 * i)));
    }
    return bytes;
}

constexpr float  infinite = std::numeric_limits<float>::infinity();
constexpr float  nan = std::numeric_limits<float>::quiet_NaN();
constexpr double infinite_f64 = std::numeric_limits<double>::infinity();

} // namespace

TEST_CASE("numbers too large for F8_E4M3 saturate, or become a NaN by the older rule")
{
    const std::vector<std::byte> from =
        little<float>({1.0F, 464.0F, 465.0F, -1e9F, infinite, -infinite, -nan});
    std::array<std::byte, 7> to{};
    const auto               met = convert(dtype::f32, from, dtype::f8_e4m3, to);
    REQUIRE(met);
    CHECK(*met == counts{.clipped = 2, .not_finite = 3});
    CHECK(std::to_integer<unsigned>(to[0]) == 0x38);
    CHECK(std::to_integer<unsigned>(to[1]) == 0x7E);
    CHECK(std::to_integer<unsigned>(to[2]) == 0x7E);
    CHECK(std::to_integer<unsigned>(to[3]) == 0xFE);
    CHECK(std::to_integer<unsigned>(to[4]) == 0x7E);
    CHECK(std::to_integer<unsigned>(to[5]) == 0xFE);
    CHECK(std::to_integer<unsigned>(to[6]) == 0xFF);

    const auto older = convert(dtype::f32, from, dtype::f8_e4m3, to, too_large::becomes_nan);
    REQUIRE(older);
    CHECK(*older == *met);
    CHECK(std::to_integer<unsigned>(to[1]) == 0x7E);
    CHECK(std::to_integer<unsigned>(to[2]) == 0x7F);
    CHECK(std::to_integer<unsigned>(to[3]) == 0xFF);
    CHECK(std::to_integer<unsigned>(to[5]) == 0xFF);
}

TEST_CASE("from F64 a number is rounded twice, as torch rounds it")
{
    const std::vector<std::byte> from = little<double>({1 + 0x1p-11 + 0x1p-40});
    std::array<std::byte, 2>     to{};
    REQUIRE(convert(dtype::f64, from, dtype::f16, to));
    CHECK(std::to_integer<unsigned>(to[0]) == 0x00);
    CHECK(std::to_integer<unsigned>(to[1]) == 0x3C);
}

TEST_CASE("what is clipped and what is not finite is counted once, on the way through F32 too")
{
    const std::vector<std::byte> from = little<double>({1e300, -1e39, 7e4, 1.0, infinite_f64, -infinite_f64});
    std::array<std::byte, 12>    to{};
    CHECK(*convert(dtype::f64, from, dtype::f16, to) == counts{.clipped = 3, .not_finite = 2});
    std::array<std::byte, 24> floats{};
    CHECK(*convert(dtype::f64, from, dtype::f32, floats) == counts{.clipped = 2, .not_finite = 2});

    const std::vector<std::byte> small = little<float>({infinite, nan, 1.0F, 3e38F});
    std::array<std::byte, 32>    wide{};
    CHECK(*convert(dtype::f32, small, dtype::f64, wide) == counts{.clipped = 0, .not_finite = 2});
    const std::array<std::byte, 4> fnuz{std::byte{0x80}, std::byte{0x7F}, std::byte{0x80}, std::byte{0}};
    CHECK(*convert(dtype::f8_e4m3fnuz, fnuz, dtype::f64, wide) == counts{.clipped = 0, .not_finite = 2});
    CHECK(*convert(dtype::f8_e4m3fnuz, fnuz, dtype::f16, std::span(to).first(8)) ==
          counts{.clipped = 0, .not_finite = 2});
}

TEST_CASE("a dtype becomes itself bit by bit")
{
    const std::array<std::byte, 4> from{std::byte{1}, std::byte{0x7C}, std::byte{0xFF}, std::byte{0xFF}};
    std::array<std::byte, 4>       to{};
    CHECK(*convert(dtype::f16, from, dtype::f16, to) == counts{});
    CHECK(to == from);
    CHECK(convert(dtype::f16, {}, dtype::f64, {}));
}

TEST_CASE("integers, booleans and what is no number are not cast")
{
    std::array<std::byte, 8> from{}, to{};
    for (const dtype type : {dtype::i32, dtype::u8, dtype::boolean, dtype::f8_e8m0, dtype::f4, dtype::c64}) {
        CAPTURE(stet::name(type));
        CHECK_FALSE(stet::casts::is_cast(type));
        const auto refused = convert(type, from, dtype::f32, to);
        CHECK(refused.error().code == stet::errc::not_convertible);
        CHECK(convert(dtype::f32, from, type, to).error().code == stet::errc::not_convertible);
    }
}

TEST_CASE("source and target hold the same number of elements")
{
    std::array<std::byte, 8> from{}, to{};
    const auto               small = convert(dtype::f32, from, dtype::f16, std::span(to).first(2));
    REQUIRE_FALSE(small);
    CHECK(small.error().code == stet::errc::tensor_size_mismatch);
    CHECK(small.error().expected == 4);
    CHECK(small.error().actual == 2);
    CHECK(convert(dtype::f32, from, dtype::f16, to).error().code == stet::errc::tensor_size_mismatch);
    CHECK(convert(dtype::f32, std::span(from).first(7), dtype::f16, std::span(to).first(2)).error().code ==
          stet::errc::tensor_size_mismatch);
    CHECK(convert(dtype::f32, from, dtype::f16, std::span(to).first(5)).error().code ==
          stet::errc::tensor_size_mismatch);
}
