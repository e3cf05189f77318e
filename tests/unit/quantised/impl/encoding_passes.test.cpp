// SPDX-License-Identifier: MIT
#include "support/cut_tensor.hpp"
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"
#include "support/short_memory.hpp"

#include <stet/quantised/impl/encoding_passes.hpp>
#include <stet/quantised/impl/value_words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using stet::detail::encoding;
using stet::detail::measure;
using stet::detail::measure_rows;
using stet::detail::pour_codes;
using stet::detail::pour_scales;
using stet::detail::value_rule;

namespace {

/// 3 rows of 64 numbers, and how they are stored.
struct sample {
    sample(value_rule rule, std::size_t piece)
        : content(support::little_endian(numbers())), cut(whole(), piece)
    {
        one = {.rule = rule,
               .codes = rule == value_rule::rotated_bytes ? dtype::i8 : dtype::f8_e4m3,
               .values = piece == 0 ? whole() : cut.view(),
               .rows = 3,
               .columns = rule == value_rule::bytes ? 192U : 64U,
               .stored_rows = 3,
               .stored_columns = 64,
               .group = 16,
               .has_levels = true,
               .row_scales = row_scales.data()};
        if (rule == value_rule::bytes)
            one.row_scales = nullptr;
        if (rule != value_rule::bytes && rule != value_rule::nvfp4 && rule != value_rule::mxfp8)
            one.rotation = 16;
    }
    sample(const sample&) = delete;
    sample& operator=(const sample&) = delete;

    static std::vector<float> numbers()
    {
        std::vector<float> all(192);
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = static_cast<float>(i * 37 % 101) - 50.0F;
        return all;
    }
    stet::tensor_view whole() const
    {
        return *stet::view_of(dtype::f32, {3, 64}, support::as_bytes(content));
    }

    std::string         content;
    support::cut_tensor cut;
    std::vector<float>  row_scales{1, 2, 3};
    encoding            one{};
};

constexpr std::array<value_rule, 6> rules{value_rule::bytes,     value_rule::rotated_bytes,
                                          value_rule::nvfp4,     value_rule::convrot_w4a4,
                                          value_rule::asym_w4a8, value_rule::mxfp8};

template <class Pour>
std::string poured(const encoding& one, Pour pour)
{
    support::piece_sink sink;
    const auto          done = pour(one, sink);
    return done ? sink.joined() : "failed: " + std::string(support::failure(done));
}

} // namespace

TEST_CASE("the largest of all values, and of each row as it is stored")
{
    sample plain(value_rule::nvfp4, 0);
    CHECK(measure(plain.one).value_or(0) == 50.0F);
    std::vector<float> largest(3);
    REQUIRE(measure_rows(plain.one, largest.data()));
    CHECK(largest[0] == 50.0F);

    // A row of one number and zeros: a rotation spreads it evenly.
    const std::string single = support::little_endian([] {
        std::vector<float> row(64);
        row[3] = 8;
        return row;
    }());
    sample            rotated(value_rule::rotated_bytes, 0);
    rotated.one.rows = 1;
    rotated.one.values = *stet::view_of(dtype::f32, {1, 64}, support::as_bytes(single));
    REQUIRE(measure_rows(rotated.one, largest.data()));
    CHECK(largest[0] == 2.0F);

    const std::string odd =
        support::little_endian(std::vector<float>{1, std::numeric_limits<float>::quiet_NaN(), 2});
    plain.one.values = *stet::view_of(dtype::f32, {3}, support::as_bytes(odd));
    CHECK(stet::detail::is_nan(*measure(plain.one)));
}

TEST_CASE("codes and scales are the same wherever the values were cut")
{
    for (const value_rule rule : rules) {
        const sample      whole(rule, 0);
        const std::string codes = poured(whole.one, pour_codes);
        CHECK_FALSE(codes.empty());
        for (const std::size_t piece : {1U, 3U, 250U, 10'000U}) {
            const sample cut(rule, piece);
            CHECK(poured(cut.one, pour_codes) == codes);
            if (rule == value_rule::nvfp4 || rule == value_rule::mxfp8 || rule == value_rule::asym_w4a8)
                CHECK(poured(cut.one, pour_scales) == poured(whole.one, pour_scales));
        }
    }
}

TEST_CASE("rotated values of 16 bits are rounded to their type again")
{
    std::vector<std::uint16_t> halves(16, 0);
    halves[0] = 0x3F81; // 1.0078125
    halves[1] = 0x3F80;
    const std::string content = support::little_endian(halves);
    const encoding    one{.rule = value_rule::rotated_bytes,
                          .codes = dtype::i8,
                          .values = *stet::view_of(dtype::bf16, {1, 16}, support::as_bytes(content)),
                          .columns = 16,
                          .stored_columns = 16,
                          .rotation = 16};
    float             largest = 0;
    REQUIRE(measure_rows(one, &largest));
    CHECK(largest == 0.5F); // 0.501953125, between 0.5 and 0.50390625
}

TEST_CASE("memory and sinks that refuse end a pass")
{
    for (const value_rule rule : rules) {
        sample cut(rule, 7);
        CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
                  cut.one.memory = memory;
                  support::piece_sink sink;
                  return support::failure(pour_codes(cut.one, sink));
              }) > 0);
        cut.one.memory = stet::heap();
        support::piece_sink refusing{.fails_at = 0};
        CHECK(support::failure(pour_codes(cut.one, refusing)) == "sink_refused");
    }
    sample groups(value_rule::asym_w4a8, 7);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              groups.one.memory = memory;
              std::array<float, 3> reach{};
              return support::failure(measure_rows(groups.one, reach.data()));
          }) > 1);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              groups.one.memory = memory;
              support::piece_sink sink;
              return support::failure(pour_scales(groups.one, sink));
          }) > 1);
}

TEST_CASE("a tensor without values has no rows to pour")
{
    sample none(value_rule::nvfp4, 0);
    none.one.values = *stet::view_of(dtype::f32, {0, 64}, stet::bytes());
    none.one.rows = none.one.stored_rows = 0;
    CHECK(poured(none.one, pour_codes).empty());
    CHECK(poured(none.one, pour_scales).empty());
}
