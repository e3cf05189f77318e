// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/exact_floats.hpp"

#include <stet/quantised/impl/asym_rules.hpp>
#include <stet/quantised/impl/level_values.hpp>
#include <stet/tensor/half.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

using stet::detail::asym_levels;
using stet::detail::asym_reach;
using stet::detail::code_asym_group;
using stet::detail::usual_levels;

namespace {

float value_of(const asym_levels& levels, std::uint8_t code, std::uint8_t scale, float row_scale)
{
    const float group_scale = stet::float_from_f8(stet::dtype::f8_e4m3, scale);
    return static_cast<float>(stet::detail::rounded_between(levels.values[code] * group_scale, -127, 127)) *
           row_scale;
}

std::vector<float> bell(std::size_t count, std::uint64_t seed)
{
    support::dice      dice(seed);
    std::vector<float> values(count);
    for (float& value : values) {
        for (int i = 0; i < 12; ++i)
            value += static_cast<float>(dice.below(1000)) / 1000.0F - 0.5F;
    }
    return values;
}

} // namespace

TEST_CASE("levels are integers, or the table, ascending")
{
    const auto integers = asym_levels::of(4, false);
    CHECK(integers.count == 16);
    CHECK(integers.values[0] == -8.0F);
    CHECK(integers.values[15] == 7.0F);
    CHECK(integers.passes == 0);
    const auto six = asym_levels::of(6, false);
    CHECK(six.count == 64);
    CHECK(six.values[0] == -32.0F);
    CHECK(six.first_reach == 31.0F);
    const auto table = asym_levels::of(4, true);
    CHECK(table.values[15] == usual_levels[15]);
    for (std::size_t i = 1; i < 16; ++i)
        CHECK(table.values[i] > table.values[i - 1]);
}

TEST_CASE("integer levels bring the largest of a group to the seventh")
{
    const auto                  levels = asym_levels::of(4, false);
    const std::array<float, 4>  values{14, -7, 1, 0};
    std::array<std::uint8_t, 4> codes{};
    CHECK(asym_reach(levels, values.data(), 4, 4, codes.data()) == 14.0F);
    CHECK(codes == std::array<std::uint8_t, 4>{15, 4, 8, 8}); // -3.5 and 0.5 lie between two: the lower
    CHECK(code_asym_group(levels, values.data(), 4, 14.0F / 127.0F, codes.data()) == 0x59); // 18
    CHECK(codes == std::array<std::uint8_t, 4>{15, 4, 8, 8});
}

TEST_CASE("what codes stand for is close to the values, closer with more bits")
{
    const auto values = bell(1024, 3);
    double     lost_before = 1e9;
    for (const auto& [bits, has_table] : {std::pair{4U, false}, std::pair{4U, true}, std::pair{6U, false}}) {
        const auto                levels = asym_levels::of(bits, has_table);
        std::vector<std::uint8_t> codes(16);
        const float row_scale = asym_reach(levels, values.data(), values.size(), 16, codes.data()) / 127.0F;
        double      lost = 0;
        double      all = 0;
        for (std::size_t i = 0; i < values.size(); i += 16) {
            const auto scale = code_asym_group(levels, values.data() + i, 16, row_scale, codes.data());
            for (std::size_t k = 0; k < 16; ++k) {
                const double off =
                    static_cast<double>(values[i + k] - value_of(levels, codes[k], scale, row_scale));
                lost += off * off;
                all += static_cast<double>(values[i + k]) * static_cast<double>(values[i + k]);
            }
        }
        CHECK(std::sqrt(lost / all) < (bits == 6 ? 0.03 : 0.1));
        CHECK(lost < lost_before);
        lost_before = lost;
    }
}

TEST_CASE("zeros stay zeros")
{
    const std::array<float, 16> values{};
    for (const unsigned bits : {4U, 6U}) {
        const auto                   levels = asym_levels::of(bits, false);
        std::array<std::uint8_t, 16> codes{};
        CHECK(asym_reach(levels, values.data(), 16, 16, codes.data()) == 0.0F);
        const auto scale = code_asym_group(levels, values.data(), 16, 1e-30F, codes.data());
        for (const std::uint8_t code : codes)
            CHECK(value_of(levels, code, scale, 1e-30F) == 0.0F);
    }
}
