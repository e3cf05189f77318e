// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/quantised/impl/formats.hpp>
#include <stet/quantised/impl/zero_scales.hpp>
#include <stet/tensor/tensor_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using stet::dtype;
using stet::detail::count_zeros_in_use;
using stet::detail::stored_shape;
namespace formats = stet::quantised::formats;

namespace {

using byte_list = std::vector<std::uint8_t>;

stet::tensor_view view(dtype type, const byte_list& content)
{
    return *stet::view_of(type, {content.size() / stet::element_size(type)},
                          std::as_bytes(std::span(content)));
}

/// A weight under the first side tensor of its format.
struct sample {
    const stet::quantised::format& format;
    stored_shape                   shape{};
    byte_list                      weight{};
    byte_list                      scales{};
    dtype                          weight_type = dtype::i8;
    dtype                          scale_type = dtype::f32;
    unsigned                       bits = 8;
    std::uint64_t                  group_size = 16;
    std::size_t                    side = 0;

    stet::result<std::uint64_t> counted(const stet::allocator& memory = stet::heap()) const
    {
        const stet::tensor_view codes = view(weight_type, weight);
        return count_zeros_in_use(
            view(scale_type, scales), format.side_tensors[side],
            {.weight = codes, .format = format, .shape = shape, .bits = bits, .group_size = group_size}, 77,
            memory);
    }

    std::uint64_t in_use() const
    {
        const auto count = counted();
        REQUIRE(count);
        return *count;
    }
};

/// Of 3 rows and 4 columns, or so many for each expert.
sample bytes_of(const stet::quantised::format& format, std::size_t scales, std::size_t experts = 1)
{
    sample one{.format = format, .shape = {.experts = experts, .rows = 3, .columns = 4}};
    one.weight.resize(experts * 12);
    one.scales.resize(scales * 4);
    return one;
}

} // namespace

TEST_CASE("a scale of a whole weight, of an expert or of a row is in use where one of its codes is not 0")
{
    auto whole = bytes_of(formats::int8_tensorwise, 1);
    CHECK(whole.in_use() == 0);
    whole.weight[11] = 0x80;
    CHECK(whole.in_use() == 1);
    whole.scales[3] = 0x3F;
    CHECK(whole.in_use() == 0);

    auto bank = bytes_of(formats::int8_tensorwise, 2, 2);
    bank.weight[12] = 1;
    bank.weight[23] = 1;
    CHECK(bank.in_use() == 1);
    bank.scales[7] = 0x3F;
    CHECK(bank.in_use() == 0);

    auto rows = bytes_of(formats::int8_tensorwise, 6, 2);
    rows.weight[4] = 1;
    rows.weight[23] = 1;
    CHECK(rows.in_use() == 2);
    rows.scales[5 * 4 + 3] = 0x3F;
    CHECK(rows.in_use() == 1);
    rows.scales[1 * 4 + 3] = 0x80; // -0
    CHECK(rows.in_use() == 1);
}

TEST_CASE("codes that are numbers are 0 at both signs, whole numbers at one")
{
    auto float8 = bytes_of(formats::float8_e4m3fn, 1);
    float8.weight_type = dtype::f8_e4m3;
    float8.weight[5] = 0x80;
    CHECK(float8.in_use() == 0);
    float8.weight[5] = 0x81;
    CHECK(float8.in_use() == 1);

    auto valued = bytes_of(formats::int8_tensorwise, 1);
    valued.weight_type = dtype::bf16;
    valued.weight.assign(24, 0);
    valued.weight[7] = 0x80;
    CHECK(valued.in_use() == 0);
    valued.weight[6] = 0x80;
    CHECK(valued.in_use() == 1);

    sample int4{.format = formats::convrot_w4a4,
                .shape = {.rows = 1, .columns = 4},
                .weight = {0, 0x80},
                .scales = {0, 0, 0, 0},
                .bits = 4};
    CHECK(int4.in_use() == 1);
    int4.weight = {0, 0};
    CHECK(int4.in_use() == 0);
}

TEST_CASE("blocks have their scales in tiles")
{
    sample one{.format = formats::nvfp4,
               .shape = {.experts = 2, .rows = 130, .columns = 96},
               .weight_type = dtype::u8,
               .scale_type = dtype::f8_e4m3,
               .bits = 4};
    one.weight.assign(std::size_t{2} * 130 * 48, 0x88); // -0
    one.scales.assign(std::size_t{2} * 256 * 8, 0);
    CHECK(one.in_use() == 0);
    one.weight[(130 + 129) * 48 + 5 * 8 + 7] = 0x01; // the second expert's last block
    one.weight[33 * 48] = 0x10;
    one.weight[33 * 48 + 1] = 0x10;
    CHECK(one.in_use() == 2);
    one.scales[2048 + 1024 + 512 + 1 * 16 + 1] = 0x38;
    CHECK(one.in_use() == 1);
    one.scales[1 * 16 + 4] = 0x38;
    CHECK(one.in_use() == 0);

    sample other{.format = formats::mxfp8,
                 .shape = {.rows = 1, .columns = 64},
                 .weight = byte_list(64),
                 .scales = byte_list(512),
                 .weight_type = dtype::f8_e4m3,
                 .scale_type = dtype::u8};
    other.weight[32] = 1;
    CHECK(other.in_use() == 1);
    other.scales[1] = 0x80; // a sign in E4M3, a number in E8M0
    CHECK(other.in_use() == 0);
}

TEST_CASE("where no code is 0 a scale of 0 is in use over codes that differ")
{
    sample four{.format = formats::asym_w4a8_int8,
                .shape = {.rows = 2, .columns = 32},
                .weight = byte_list(32, 0x77),
                .scales = byte_list(4),
                .scale_type = dtype::f8_e4m3,
                .bits = 4};
    CHECK(four.in_use() == 0);
    four.weight[8] = 0x78; // the last codes are of the second group
    four.weight[31] = 0x87;
    CHECK(four.in_use() == 2);

    sample six = four;
    six.bits = 6;
    six.weight.assign(48, 0x33);
    for (std::size_t row = 0; row < 48; row += 24) {
        for (std::size_t i = 16; i < 24; ++i)
            six.weight[row + i] = 0xAA;
    }
    CHECK(six.in_use() == 0);
    six.weight[16 + 4] = 0xAB; // high bits of the second group
    CHECK(six.in_use() == 1);
    six.weight[24] = 0x34; // low bits of the second row's first group
    CHECK(six.in_use() == 2);
    six.scales[1] = 0x38;
    CHECK(six.in_use() == 1);

    sample awq{.format = formats::awq_w4a16,
               .shape = {.rows = 2, .columns = 8},
               .weight = {0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x45},
               .scales = byte_list(8),
               .scale_type = dtype::bf16,
               .bits = 4,
               .group_size = 4};
    CHECK(awq.in_use() == 1);
    awq.scales[7] = 0x3F; // of the second group of the second row
    CHECK(awq.in_use() == 0);

    sample channel = four;
    channel.side = 1;
    channel.scale_type = dtype::f32;
    channel.scales = byte_list(8);
    channel.weight = byte_list(32, 0x77);
    CHECK(channel.in_use() == 0);
    channel.weight[31] = 0x78;
    CHECK(channel.in_use() == 1);
}

TEST_CASE("all count where it is not known which codes lie under which")
{
    auto other = bytes_of(formats::int8_tensorwise, 1);
    other.weight_type = dtype::f8_e4m3;
    CHECK(other.in_use() == 77);
    other.weight_type = dtype::i8;
    other.scale_type = dtype::i32;
    CHECK(other.in_use() == 77);

    static constexpr stet::quantised::format own{.name = "mine",
                                                 .side_tensors = stet::detail::format_rows::int8_sides};
    CHECK(bytes_of(own, 1).in_use() == 77);

    sample odd{.format = formats::awq_w4a16,
               .shape = {.rows = 1, .columns = 6},
               .weight = byte_list(3),
               .scales = byte_list(4),
               .scale_type = dtype::bf16,
               .bits = 4,
               .group_size = 3};
    CHECK(odd.in_use() == 77);
    sample empty{
        .format = formats::int8_tensorwise, .shape = {.rows = 0, .columns = 4}, .scales = byte_list(4)};
    CHECK(empty.in_use() == 0);
}

TEST_CASE("memory that is missing for the look is an error")
{
    const auto one = bytes_of(formats::int8_tensorwise, 1);
    CHECK(support::allocations_needed(
              [&](const stet::allocator& memory) { return support::failure(one.counted(memory)); }) == 1);
}
