// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/blocked_scales.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <set>

using stet::detail::blocked_column_offset;
using stet::detail::blocked_row_offset;
using stet::detail::blocked_size;

namespace {

constexpr std::uint64_t offset(std::uint64_t row, std::uint64_t block, std::uint64_t blocks)
{
    return blocked_row_offset(row, blocks) + blocked_column_offset(block);
}

} // namespace

TEST_CASE("scales lie in tiles of 128 rows and four blocks, four rows that are 32 apart side by side")
{
    CHECK(offset(0, 0, 4) == 0);
    CHECK(offset(0, 3, 4) == 3);
    CHECK(offset(32, 0, 4) == 4);
    CHECK(offset(96, 2, 4) == 14);
    CHECK(offset(1, 0, 4) == 16);
    CHECK(offset(127, 3, 4) == 511);
    CHECK(offset(0, 4, 5) == 512);    // the second tile of a row of tiles
    CHECK(offset(128, 0, 5) == 1024); // the second row of tiles
    CHECK(offset(128, 0, 4) == 512);
    CHECK(offset(130, 6, 7) == 1024 + 512 + 32 + 2);
}

TEST_CASE("each scale has a byte of its own inside the whole")
{
    std::set<std::uint64_t> taken;
    for (std::uint64_t row = 0; row < 200; ++row) {
        for (std::uint64_t block = 0; block < 9; ++block)
            taken.insert(offset(row, block, 9));
    }
    CHECK(taken.size() == 200 * 9);
    CHECK(blocked_size(200, 9) == 256 * 12);
    CHECK(*taken.rbegin() < blocked_size(200, 9));
    CHECK(blocked_size(128, 4) == 512);
    CHECK(blocked_size(0, 4) == 0);
}
