// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"
#include "support/short_memory.hpp"

#include <stet/quantised/impl/row_encoder.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::detail::encoding;
using stet::detail::row_encoder;
using stet::detail::value_rule;

namespace {

/// The codes of rows that are all the same.
std::string codes_of(const encoding& one, const std::vector<float>& row)
{
    support::piece_sink sink;
    row_encoder         encoder(one, sink);
    REQUIRE(encoder.prepare());
    for (std::uint64_t i = 0; i < one.rows; ++i) {
        auto       values = row;
        const auto done = one.rule == value_rule::bytes ? encoder.put_bytes(values.data(), values.size())
                                                        : encoder.put_row(values.data());
        REQUIRE(done);
    }
    REQUIRE(encoder.finish_codes());
    return sink.joined();
}

std::string scales_of(const encoding& one, const std::vector<float>& row)
{
    support::piece_sink sink;
    row_encoder         encoder(one, sink);
    REQUIRE(encoder.prepare());
    for (std::uint64_t i = 0; i < one.rows; ++i)
        REQUIRE(encoder.put_scales(row.data()));
    REQUIRE(encoder.finish_scales());
    return sink.joined();
}

encoding nvfp4(std::uint64_t rows)
{
    return {.rule = value_rule::nvfp4,
            .values = {.type = dtype::f32},
            .rows = rows,
            .columns = 18,
            .stored_rows = (rows + 15) / 16 * 16,
            .stored_columns = 32};
}

std::vector<float> of_ones(std::size_t count, float value)
{
    return std::vector<float>(count, value);
}

} // namespace

TEST_CASE("bytes are scaled by the whole's scale or by their row's")
{
    const std::array<float, 2> scales{1, 0.5F};
    encoding one{.codes = dtype::i8, .values = {.type = dtype::f32}, .rows = 2, .columns = 3, .scale = 2};
    CHECK(codes_of(one, {2, 4, -2}) == "\x01\x02\xFF\x01\x02\xFF");
    one.row_scales = scales.data();
    CHECK(codes_of(one, {2, 4, -2}) == "\x02\x04\xFE\x04\x08\xFC");
    encoding whole{.values = {.type = dtype::f32}, .columns = 3};
    CHECK(codes_of(whole, {1, 500, -2}) == "\x38\x7E\xC0");
}

TEST_CASE("rows and columns that fill up are zeros")
{
    const std::string codes = codes_of(nvfp4(3), of_ones(18, 6));
    REQUIRE(codes.size() == 256);
    CHECK(codes.substr(0, 16) == std::string(9, '\x77') + std::string(7, '\0'));
    CHECK(codes.substr(32, 16) == codes.substr(0, 16));
    CHECK(codes.substr(48) == std::string(208, '\0'));
}

TEST_CASE("scales are written in whole tiles")
{
    const std::string scales = scales_of(nvfp4(130), of_ones(18, 6));
    REQUIRE(scales.size() == 1024);
    CHECK(scales.substr(0, 4) == std::string("\x38\x38\0\0", 4));
    CHECK(scales.substr(508, 4) == std::string("\x38\x38\0\0", 4));
    CHECK(scales.substr(512, 4) == std::string("\x38\x38\0\0", 4));
    CHECK(scales.substr(512 + 16, 4) == std::string("\x38\x38\0\0", 4));
    CHECK(scales.substr(512 + 4, 12) == std::string(12, '\0')); // rows 160 and up
    CHECK(scales.substr(512 + 32) == std::string(480, '\0'));
    CHECK(scales_of(nvfp4(128), of_ones(18, 6)).size() == 512);

    encoding eight = nvfp4(3);
    eight.rule = value_rule::mxfp8;
    eight.stored_rows = 32;
    CHECK(scales_of(eight, of_ones(18, 448)).substr(0, 2) == std::string("\x7F\0", 2));
    CHECK(codes_of(eight, of_ones(18, 448)).substr(0, 32) == std::string(18, '\x7E') + std::string(14, '\0'));
}

TEST_CASE("nibbles and rotated bytes have the scales of their rows")
{
    const std::array<float, 2> scales{1, 2};
    encoding                   one{.rule = value_rule::convrot_w4a4,
                                   .values = {.type = dtype::f32},
                                   .rows = 2,
                                   .columns = 4,
                                   .stored_rows = 2,
                                   .stored_columns = 4,
                                   .row_scales = scales.data()};
    CHECK(codes_of(one, {2, 4, 6, -2}) == "\x42\xE6\x21\xF3");
    one.rule = value_rule::rotated_bytes;
    one.codes = dtype::i8;
    CHECK(codes_of(one, {2, 4, 6, -2}) == "\x02\x04\x06\xFE\x01\x02\x03\xFF");
}

TEST_CASE("codes of six bits are written in two parts")
{
    const std::array<float, 1> scales{1};
    encoding                   one{.rule = value_rule::asym_w4a8,
                                   .values = {.type = dtype::f32},
                                   .rows = 1,
                                   .columns = 16,
                                   .stored_rows = 1,
                                   .stored_columns = 16,
                                   .group = 16,
                                   .bits = 6,
                                   .row_scales = scales.data()};
    std::vector<float>         row(16);
    row[0] = 31;
    row[1] = -31;
    row[5] = 1;
    const std::string codes = codes_of(one, row);
    REQUIRE(codes.size() == 12);
    CHECK(codes.substr(0, 3) == std::string("\x1F\x00\x10", 3)); // 63, 1 | 32, 32 | 32, 33
    CHECK(codes.substr(8, 2) == "\xA3\xAA");
    CHECK(scales_of(one, row) == "\x38");
    one.bits = 4;
    one.has_levels = true;
    CHECK(codes_of(one, row).size() == 8);
}

TEST_CASE("what memory or the sink refuses is an error")
{
    encoding one = nvfp4(3);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              one.memory = memory;
              support::piece_sink sink;
              row_encoder         encoder(one, sink);
              if (auto done = encoder.prepare(); !done)
                  return support::failure(done);
              auto row = of_ones(18, 1);
              if (auto done = encoder.put_row(row.data()); !done)
                  return support::failure(done);
              return support::failure(encoder.finish_codes());
          }) == 2);
    one.memory = stet::heap();
    support::piece_sink refusing{.fails_at = 0};
    row_encoder         encoder(one, refusing);
    REQUIRE(encoder.prepare());
    CHECK(support::failure(encoder.finish_codes()) == "sink_refused");
    row_encoder of_scales(one, refusing);
    REQUIRE(of_scales.prepare());
    CHECK(support::failure(of_scales.finish_scales()) == "sink_refused");
}
