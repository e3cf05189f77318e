// SPDX-License-Identifier: MIT
// Where the scale of a block lies in the tiles that nvfp4 and mxfp8 store: 128 rows of 4 blocks, 512 bytes each.
#ifndef STET_QUANTISED_IMPL_BLOCKED_SCALES_HPP
#define STET_QUANTISED_IMPL_BLOCKED_SCALES_HPP

#include "../../vocabulary/config.hpp"
#include "stored_shape.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

inline constexpr std::uint64_t scale_tile_rows = 128;
inline constexpr std::uint64_t scale_tile_columns = 4;

/// The bytes that the scales of a matrix take in tiles.
/// blocks: of a row
constexpr std::uint64_t blocked_size(std::uint64_t rows, std::uint64_t blocks) noexcept
{
    return rounded_up(rows, scale_tile_rows) * rounded_up(blocks, scale_tile_columns);
}

/// The byte of the first scale of a row.
constexpr std::uint64_t blocked_row_offset(std::uint64_t row, std::uint64_t blocks) noexcept
{
    const std::uint64_t row_of_tiles = scale_tile_rows * rounded_up(blocks, scale_tile_columns);
    return row / scale_tile_rows * row_of_tiles + row % 32 * 16 + row % scale_tile_rows / 32 * 4;
}

/// How far the scale of a block lies from the first of its row.
constexpr std::uint64_t blocked_column_offset(std::uint64_t block) noexcept
{
    return block / scale_tile_columns * (scale_tile_rows * scale_tile_columns) + block % scale_tile_columns;
}

} // namespace STET_NAMESPACE::detail

#endif
