// SPDX-License-Identifier: MIT
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/casts.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <type_traits>
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
constexpr float  not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr double infinite_f64 = std::numeric_limits<double>::infinity();

} // namespace

TEST_CASE("numbers too large for F8_E4M3 saturate, or become a NaN by the older rule")
{
    const std::vector<std::byte> from =
        little<float>({1.0F, 464.0F, 465.0F, -1e9F, infinite, -infinite, -not_a_number});
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

    const std::vector<std::byte> small = little<float>({infinite, not_a_number, 1.0F, 3e38F});
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

namespace {

/// Takes bytes a few at a time from a producer, and remembers the largest piece.
struct largest_piece {
    std::vector<std::byte> all{};
    std::size_t            largest = 0;

    stet::result<void> write(stet::bytes data)
    {
        largest = std::max(largest, data.size());
        all.insert(all.end(), data.begin(), data.end());
        return {};
    }
};

/// Writes its numbers in pieces that end inside elements.
struct crooked {
    std::vector<std::byte> numbers;
};

stet::result<stet::tensor_view> crooked_view(stet::dtype type, const stet::extents& shape,
                                             const crooked& tensor)
{
    return stet::produced_view(
        type, shape, tensor, [](const crooked& from, stet::sink_ref to) -> stet::result<void> {
            for (std::size_t at = 0, size = 1; at < from.numbers.size(); at += size, size = size % 13 + 1) {
                size = std::min(size, from.numbers.size() - at);
                if (auto written = to.write(stet::bytes(from.numbers).subspan(at, size)); !written)
                    return written;
            }
            return {};
        });
}

/// Numbers that all their casts differ for, and as many as there are.
std::vector<float> some_numbers(std::size_t count)
{
    std::vector<float> numbers(count);
    for (std::size_t i = 0; i < count; ++i)
        numbers[i] = static_cast<float>(i) * 1.37F - 400.0F;
    return numbers;
}

std::vector<std::byte> converted(const std::vector<float>& numbers, dtype to)
{
    const auto             from = little(numbers);
    std::vector<std::byte> made(numbers.size() * stet::element_size(to));
    REQUIRE(convert(dtype::f32, from, to, made));
    return made;
}

} // namespace

TEST_CASE("a tensor of any kind is poured as another dtype, a piece at a time")
{
    const std::vector<float>     numbers = some_numbers(6000);
    const std::vector<std::byte> wanted = converted(numbers, dtype::bf16);
    const crooked                produced{little(numbers)};
    const std::vector<float>     turned = [&] {
        std::vector<float> other(6000);
        for (std::size_t row = 0; row < 60; ++row) {
            for (std::size_t column = 0; column < 100; ++column)
                other[column * 60 + row] = numbers[row * 100 + column];
        }
        return other;
    }();
    const auto packed = stet::view_of(numbers, {60, 100});
    const auto strided = stet::transposed(*stet::view_of(turned, {100, 60}), 0, 1);
    for (const auto& tensor : {packed, strided, crooked_view(dtype::f32, {60, 100}, produced)}) {
        REQUIRE(tensor);
        largest_piece out;
        const auto    met = stet::casts::pour(*tensor, dtype::bf16, out);
        REQUIRE(met);
        CHECK(*met == counts{});
        CHECK(out.all == wanted);
        CHECK(out.largest <= 8192);
    }
}

TEST_CASE("a cast view stands in for the tensor as another dtype")
{
    const std::vector<float> numbers = some_numbers(3000);
    const auto               tensor = stet::view_of(numbers, {3000});
    const stet::casts::view  cast(tensor, dtype::f8_e4m3, too_large::becomes_nan);
    const auto               seen = stet::view_of(cast);
    REQUIRE(seen);
    CHECK(seen->type == dtype::f8_e4m3);
    CHECK(seen->size == 3000);
    CHECK(seen->soundness());
    largest_piece out;
    REQUIRE(stet::pour(*seen, out));
    std::vector<std::byte> older(3000);
    REQUIRE(convert(dtype::f32, little(numbers), dtype::f8_e4m3, older, too_large::becomes_nan));
    CHECK(out.all == older);

    const std::vector<std::int32_t> integers(4);
    CHECK(stet::casts::view(stet::view_of(integers, {4}), dtype::f16).as_tensor().error().code ==
          stet::errc::not_convertible);
    CHECK(stet::casts::view(stet::view_of(numbers, {2999}), dtype::f16).as_tensor().error().code ==
          stet::errc::tensor_size_mismatch);
}

TEST_CASE("a tensor is loaded into the caller's memory, cast or as it is")
{
    const std::vector<float> numbers = some_numbers(2500);
    const crooked            produced{little(numbers)};
    const auto               tensor = crooked_view(dtype::f32, {50, 50}, produced);

    std::vector<double> wide(2500);
    REQUIRE(stet::casts::load_into(tensor, wide));
    CHECK(wide[2499] == static_cast<double>(numbers[2499]));
    std::vector<float> same(2500);
    REQUIRE(stet::casts::load_into(tensor, std::span(same)));
    CHECK(same == numbers);
    std::vector<std::byte> halves(5000);
    REQUIRE(stet::casts::load_into(*tensor, dtype::f16, halves));
    CHECK(halves == converted(numbers, dtype::f16));
    const std::vector<std::int64_t> integers{1, -2, 3};
    std::array<std::int64_t, 3>     loaded{};
    REQUIRE(stet::casts::load_into(stet::view_of(integers, {3}), loaded));
    CHECK(loaded == std::array<std::int64_t, 3>{1, -2, 3});
}

TEST_CASE("what is loaded must fit exactly and be a number of that kind")
{
    const std::vector<float> numbers = some_numbers(10);
    const auto               tensor = stet::view_of(numbers, {10});
    std::vector<double>      small(9);
    const auto               refused = stet::casts::load_into(tensor, small);
    CHECK(refused.error().code == stet::errc::tensor_size_mismatch);
    CHECK(refused.error().expected == 80);
    CHECK(refused.error().actual == 72);
    std::vector<std::int32_t> integers(10);
    CHECK(stet::casts::load_into(tensor, integers).error().code == stet::errc::not_convertible);
    CHECK(stet::casts::load_into(stet::view_of(numbers, {11}), small).error().code ==
          stet::errc::tensor_size_mismatch);
}

TEST_CASE("what a producer or a sink refuses ends the cast with that error")
{
    const crooked          missing{std::vector<std::byte>(7)};
    const auto             tensor = crooked_view(dtype::f32, {2}, missing);
    std::vector<std::byte> memory(4);
    CHECK(stet::casts::load_into(*tensor, dtype::f16, memory).error().code ==
          stet::errc::produced_size_mismatch);
    const std::vector<float> numbers = some_numbers(10);
    stet::span_sink          small(memory);
    CHECK(stet::casts::pour(*stet::view_of(numbers, {10}), dtype::f16, small).error().code ==
          stet::errc::sink_full);
}

TEST_CASE("a file's tensor is loaded and seen as another dtype by its name alone")
{
    const std::vector<float>                       numbers{1.5F, -2.0F};
    const std::map<std::string, stet::tensor_view> dict{{"w", *stet::view_of(numbers, {2})}};
    std::vector<std::byte>                         bytes;
    REQUIRE(stet::save(dict, bytes));
    const auto file = stet::read_checkpoint(std::span<const std::byte>(bytes));
    REQUIRE(file);
    std::array<double, 2> loaded{};
    REQUIRE(stet::casts::load_into((*file)["w"], loaded));
    CHECK(loaded == std::array{1.5, -2.0});
    const stet::casts::view cast((*file)["w"], dtype::f16);
    REQUIRE(cast.as_tensor());
    CHECK(cast.as_tensor()->size == 4);
    CHECK(stet::casts::load_into((*file)["v"], loaded).error().code == stet::errc::no_such_tensor);
    CHECK(stet::casts::view((*file)["v"], dtype::f16).as_tensor().error().code == stet::errc::no_such_tensor);
}
