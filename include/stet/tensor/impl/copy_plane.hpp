// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_COPY_PLANE_HPP
#define STET_TENSOR_IMPL_COPY_PLANE_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "scalar_words.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace STET_NAMESPACE::detail {

/// An axis along which elements are copied.
struct copied_axis {
    std::size_t    size;
    std::ptrdiff_t from; ///< bytes between neighbours in the source
    std::ptrdiff_t to;   ///< bytes between neighbours in the destination

    constexpr std::ptrdiff_t from_at(std::size_t i) const noexcept
    {
        return static_cast<std::ptrdiff_t>(i) * from;
    }
    constexpr std::ptrdiff_t to_at(std::size_t i) const noexcept
    {
        return static_cast<std::ptrdiff_t>(i) * to;
    }
};

/// One element again and again, side by side.
template <std::size_t Width>
void fill_line(std::byte* to, const std::byte* element, std::size_t count) noexcept
{
    std::memcpy(to, element, Width);
    const std::size_t size = count * Width;
    for (std::size_t done = Width; done < size;) {
        const std::size_t more = smaller_size(done, size - done);
        std::memcpy(to + done, to, more);
        done += more;
    }
}

/// Elements side by side, in reverse order.
/// last: the element that comes first
template <std::size_t Width>
void reverse_line(std::byte* to, const std::byte* last, std::size_t count) noexcept
{
    constexpr std::size_t in_word = 8 / Width;
    std::size_t           i = 0;
    for (; i + in_word <= count; i += in_word)
        store_word(to + i * Width, reversed<Width>(load_word(last - (i + in_word - 1) * Width)));
    for (; i < count; ++i)
        std::memcpy(to + i * Width, last - i * Width, Width);
}

/// Elements any strides apart.
template <std::size_t Width>
void strided_line(std::byte* to, const std::byte* from, const copied_axis& line) noexcept
{
    std::memcpy(to, from, Width);
    std::size_t left = line.size - 1;
    const auto  next = [&] {
        to += line.to;
        from += line.from;
        std::memcpy(to, from, Width);
    };
    for (; left >= 8; left -= 8) {
        [&]<std::size_t... Times>(std::index_sequence<Times...>) {
            ((static_cast<void>(Times), next()), ...);
        }(std::make_index_sequence<8>());
    }
    for (; left != 0; --left)
        next();
}

template <std::size_t Width>
void copy_line(std::byte* to, const std::byte* from, const copied_axis& line) noexcept
{
    constexpr auto width = static_cast<std::ptrdiff_t>(Width);
    constexpr auto shortest_filled = 32; // below, the calls cost more than they save
    if (line.to == width && line.from == 0 && line.size >= shortest_filled)
        fill_line<Width>(to, from, line.size);
    else if (line.to == width && line.from == -width && Width < 8)
        reverse_line<Width>(to, from, line.size);
    else
        strided_line<Width>(to, from, line);
}

/// A tile whose rows lie side by side in the destination and whose columns lie side by side in the source.
template <std::size_t Width>
void copy_turned_tile(std::byte* to, const std::byte* from, const copied_axis& row,
                      const copied_axis& column) noexcept
{
    constexpr std::size_t in_word = 8 / Width;
    std::size_t           rows = 0;    // of the tile's columns and rows, those that
    std::size_t           columns = 0; // are done in squares
    if constexpr (in_word > 1) {
        rows = column.size - column.size % in_word;
        columns = row.size - row.size % in_word;
        for (std::size_t i = 0; i < rows; i += in_word) {
            for (std::size_t j = 0; j < columns; j += in_word) {
                const std::byte* const source = from + row.from_at(j) + column.from_at(i);
                std::byte* const       target = to + row.to_at(j) + column.to_at(i);
                word_square<Width>     square;
                [&]<std::size_t... Line>(std::index_sequence<Line...>) {
                    ((square[Line] = load_word(source + row.from_at(Line))), ...);
                    transpose<Width>(square);
                    (store_word(target + column.to_at(Line), square[Line]), ...);
                }(std::make_index_sequence<in_word>());
            }
        }
    }
    for (std::size_t j = columns; j < row.size && rows != 0; ++j)
        strided_line<Width>(to + row.to_at(j), from + row.from_at(j),
                            {.size = rows, .from = column.from, .to = column.to});
    for (std::size_t i = rows; i < column.size; ++i)
        strided_line<Width>(to + column.to_at(i), from + column.from_at(i), row);
}

/// Rows side by side in the destination, columns side by side in the source: in tiles of whole cache lines of both,
/// each copied into a small buffer first, since lines that lie a power of two apart push each other out of the cache.
template <std::size_t Width>
void copy_turned(std::byte* to, const std::byte* from, const copied_axis& row,
                 const copied_axis& column) noexcept
{
    constexpr std::size_t cache_line = 64;
    constexpr std::size_t tile_bytes = (Width == 1 ? 2 : 4) * cache_line; // of 8 KiB at most
    constexpr std::size_t tile_columns = Width > 4 ? std::size_t{16} : cache_line / Width;
    constexpr std::size_t tile_rows = tile_bytes / Width;
    if (row.size < tile_columns) { // few lines at once, which stay in the cache
        for (std::size_t i = 0; i < column.size; i += tile_rows)
            copy_turned_tile<Width>(
                to + column.to_at(i), from + column.from_at(i), row,
                {.size = smaller_size(tile_rows, column.size - i), .from = column.from, .to = column.to});
        return;
    }
    std::array<std::byte, tile_bytes * tile_columns> tile;
    for (std::size_t j = 0; j < row.size; j += tile_columns) {
        const std::size_t columns = smaller_size(tile_columns, row.size - j);
        for (std::size_t i = 0; i < column.size; i += tile_rows) {
            const std::size_t      rows = smaller_size(tile_rows, column.size - i);
            const std::byte* const source = from + row.from_at(j) + column.from_at(i);
            std::byte* const       target = to + row.to_at(j) + column.to_at(i);
            if (rows * Width <= cache_line) { // read once anyway
                copy_turned_tile<Width>(target, source, {.size = columns, .from = row.from, .to = row.to},
                                        {.size = rows, .from = column.from, .to = column.to});
                continue;
            }
            if (rows == tile_rows) {
                for (std::size_t k = 0; k < columns; ++k)
                    std::memcpy(tile.data() + k * tile_bytes, source + row.from_at(k), tile_bytes);
            } else {
                for (std::size_t k = 0; k < columns; ++k)
                    std::memcpy(tile.data() + k * tile_bytes, source + row.from_at(k), rows * Width);
            }
            copy_turned_tile<Width>(target, tile.data(), {.size = columns, .from = tile_bytes, .to = row.to},
                                    {.size = rows, .from = column.from, .to = column.to});
        }
    }
}

/// The axis walked from its other end.
constexpr copied_axis backwards(const copied_axis& axis) noexcept
{
    return {.size = axis.size, .from = -axis.from, .to = -axis.to};
}

/// Two axes of elements of `Width` bytes; those of a row lie side by side in the destination.
template <std::size_t Width>
void copy_plane(std::byte* to, const std::byte* from, const copied_axis& row, copied_axis column) noexcept
{
    constexpr std::size_t tile = 32;
    if (column.from < 0) {
        to += column.to_at(column.size - 1);
        from += column.from_at(column.size - 1);
        column = backwards(column);
    }
    if (column.from == static_cast<std::ptrdiff_t>(Width) && row.from != 0) {
        copy_turned<Width>(to, from, row, column);
        return;
    }
    if (row.size < 8 && row.size < column.size) { // the long way, as far as the cache keeps the rows
        for (std::size_t i = 0; i < column.size; i += 256) {
            const copied_axis part{.size = smaller_size(std::size_t{256}, column.size - i),
                                   .from = column.from,
                                   .to = column.to};
            for (std::size_t j = 0; j < row.size; ++j)
                strided_line<Width>(to + row.to_at(j) + part.to_at(i),
                                    from + row.from_at(j) + part.from_at(i), part);
        }
        return;
    }
    const std::ptrdiff_t row_stride = row.from < 0 ? -row.from : row.from;
    const std::size_t    length = row_stride > column.from && column.from != 0 ? tile : row.size;
    for (std::size_t j = 0; j < row.size; j += length) {
        const copied_axis part{.size = smaller_size(length, row.size - j), .from = row.from, .to = row.to};
        for (std::size_t i = 0; i < column.size; ++i)
            copy_line<Width>(to + part.to_at(j) + column.to_at(i), from + part.from_at(j) + column.from_at(i),
                             part);
    }
}

/// Two axes of runs of at least `Half` and at most twice as many bytes: each is two pieces that may overlap.
template <std::size_t Half>
void copy_short_runs(std::byte* to, const std::byte* from, std::size_t run, const copied_axis& outer,
                     const copied_axis& inner) noexcept
{
    const std::size_t second = run - Half;
    for (std::size_t i = 0; i < outer.size; ++i) {
        for (std::size_t j = 0; j < inner.size; ++j) {
            const std::byte* const source = from + outer.from_at(i) + inner.from_at(j);
            std::byte* const       target = to + outer.to_at(i) + inner.to_at(j);
            std::memcpy(target, source, Half);
            std::memcpy(target + second, source + second, Half);
        }
    }
}

/// Two axes of runs of any length from 3 bytes.
void copy_runs(std::byte* to, const std::byte* from, std::size_t run, const copied_axis& outer,
               const copied_axis& inner) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "copy_plane.ipp"
#endif

#endif
