// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/naive_tensor.hpp"

#include <stet/tensor/impl/copy_plane.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using stet::detail::copied_axis;

namespace {

/// A row and a column axis between two memories that have not a byte more than is needed.
struct plane {
    copied_axis            row;
    copied_axis            column;
    std::size_t            run;
    std::vector<std::byte> from;
    std::size_t            first = 0; ///< of the source, the byte at index zero of both
    std::vector<std::byte> to;
    std::vector<std::byte> expected;

    plane(std::size_t bytes, copied_axis along_row, copied_axis along_column)
        : row(along_row), column(along_column), run(bytes)
    {
        const std::array axes{row, column};
        std::ptrdiff_t   below = 0;
        std::ptrdiff_t   above = 0;
        std::size_t      target = 0;
        for (const copied_axis& axis : axes) {
            const std::ptrdiff_t reach = axis.from_at(axis.size - 1);
            (reach < 0 ? below : above) += reach;
            target += static_cast<std::size_t>(axis.to_at(axis.size - 1));
        }
        first = static_cast<std::size_t>(-below);
        for (const char one : support::numbered_bytes(static_cast<std::size_t>(above - below) + run))
            from.push_back(static_cast<std::byte>(one));
        to.resize(target + run);
        expected.resize(target + run);
        for (std::size_t i = 0; i < column.size; ++i) {
            for (std::size_t j = 0; j < row.size; ++j) {
                const auto source = static_cast<std::ptrdiff_t>(first) + row.from_at(j) + column.from_at(i);
                std::copy_n(from.begin() + source, run, expected.begin() + row.to_at(j) + column.to_at(i));
            }
        }
    }

    const std::byte* source() const { return from.data() + first; }
};

template <std::size_t Width>
bool copies(std::size_t rows, std::size_t columns, std::ptrdiff_t row_stride, std::ptrdiff_t column_stride,
            std::size_t gap)
{
    constexpr auto width = static_cast<std::ptrdiff_t>(Width);
    plane          made(Width, {.size = columns, .from = row_stride * width, .to = width},
                        {.size = rows,
                         .from = column_stride * width,
                         .to = static_cast<std::ptrdiff_t>(columns + gap) * width});
    stet::detail::copy_plane<Width>(made.to.data(), made.source(), made.row, made.column);
    return made.to == made.expected;
}

/// Around the edges of words, tiles and lines.
constexpr std::array<std::size_t, 18> sizes{1,  2,  3,  7,  8,  9,  15,  16,  17,
                                            31, 32, 33, 63, 64, 65, 127, 129, 257};

template <std::size_t Width>
void check_transposes()
{
    for (const std::size_t rows : sizes) {
        for (const std::size_t columns : sizes) {
            INFO(Width << " bytes, " << rows << " x " << columns);
            const auto pitch = static_cast<std::ptrdiff_t>(rows);
            REQUIRE(copies<Width>(rows, columns, pitch, 1, 0));
            REQUIRE(copies<Width>(rows, columns, -pitch - 3, 1, 2));
            REQUIRE(copies<Width>(rows, columns, pitch, -1, 0));
        }
    }
}

template <std::size_t Width>
void check_strides()
{
    support::dice numbers(Width);
    for (int run = 0; run < 1500; ++run) {
        const std::size_t    rows = sizes[numbers.below(14)];
        const std::size_t    columns = sizes[numbers.below(14)];
        const std::ptrdiff_t row_stride = numbers.between(-4, 4) * (numbers.below(3) == 0 ? 61 : 1);
        const std::ptrdiff_t column_stride = numbers.between(-4, 4) * (numbers.below(3) == 0 ? 61 : 1);
        INFO(Width << " bytes, " << rows << " x " << columns << ", strides " << column_stride << ", "
                   << row_stride);
        REQUIRE(copies<Width>(rows, columns, row_stride, column_stride, numbers.below(3)));
    }
}

} // namespace

TEST_CASE("a plane is transposed for every width and around the edges of its tiles")
{
    check_transposes<1>();
    check_transposes<2>();
    check_transposes<4>();
    check_transposes<8>();
}

TEST_CASE("a plane is copied along any strides: repeated, backwards, apart")
{
    check_strides<1>();
    check_strides<2>();
    check_strides<4>();
    check_strides<8>();
}

TEST_CASE("runs of every length are copied whole and no byte beside them is read or written")
{
    support::dice numbers(5);
    for (std::size_t run = 3; run <= 140; ++run) {
        for (int times = 0; times < 10; ++times) {
            const auto        stride = static_cast<std::ptrdiff_t>(run);
            const std::size_t inner = 1 + numbers.below(9);
            plane made(run, {.size = inner, .from = numbers.between(-3, 3) * (stride + 5), .to = stride},
                       {.size = 1 + numbers.below(9),
                        .from = numbers.between(-3, 3) * (stride + 1),
                        .to = static_cast<std::ptrdiff_t>(inner) * stride});
            stet::detail::copy_runs(made.to.data(), made.source(), run, made.column, made.row);
            REQUIRE(made.to == made.expected);
        }
    }
}
