// SPDX-License-Identifier: MIT
#include "support/exact_floats.hpp"

#include <stet/quantised/impl/rotation.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <vector>

using stet::detail::is_rotation_size;
using stet::detail::rotate_groups;

namespace {

/// The matrix itself: the smallest, and each larger one as the Kronecker product of the one before and it.
std::vector<float> matrix(std::size_t size)
{
    constexpr std::array<float, 16> four{1, 1, 1, -1, 1, 1, -1, 1, 1, -1, 1, 1, -1, 1, 1, 1};
    std::vector<float>              all{1};
    for (std::size_t rows = 1; rows != size; rows *= 4) {
        std::vector<float> next(rows * rows * 16);
        for (std::size_t i = 0; i < rows * 4; ++i) {
            for (std::size_t k = 0; k < rows * 4; ++k)
                next[i * rows * 4 + k] = all[i / 4 * rows + k / 4] * four[i % 4 * 4 + k % 4] / 2;
        }
        all = next;
    }
    return all;
}

} // namespace

TEST_CASE("rotations have the sizes that are powers of four")
{
    for (const std::uint64_t size : {4U, 16U, 64U, 256U, 1024U})
        CHECK(is_rotation_size(size));
    CHECK(is_rotation_size(std::uint64_t{1} << 62U));
    for (const std::uint64_t size : {0U, 1U, 2U, 3U, 8U, 12U, 32U, 128U, 255U, 512U})
        CHECK_FALSE(is_rotation_size(size));
    CHECK_FALSE(is_rotation_size(std::uint64_t{1} << 63U));
}

TEST_CASE("each group is multiplied by the matrix of its size")
{
    for (const std::size_t size : {4U, 16U, 64U, 256U}) {
        const auto         rows = matrix(size);
        std::vector<float> values(size * 2);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(i * 37 % 101) - 50.0F; // integers, so that sums are exact
        std::vector<float> rotated = values;
        rotate_groups(rotated.data(), rotated.size(), size);
        for (std::size_t group = 0; group < 2; ++group) {
            for (std::size_t i = 0; i < size; ++i) {
                float sum = 0;
                for (std::size_t k = 0; k < size; ++k)
                    sum += rows[i * size + k] * values[group * size + k];
                CHECK(rotated[group * size + i] == sum);
            }
        }
    }
}

TEST_CASE("a single number is spread as the digits of its place say, in groups of any size")
{
    for (const std::size_t size : {1024U, 4096U, 16384U}) {
        for (const std::size_t place : {std::size_t{0}, std::size_t{3}, size / 4, size / 2 + 7, size - 1}) {
            std::vector<float> values(size);
            values[place] = 1;
            rotate_groups(values.data(), size, size);
            bool is_right = true;
            for (std::size_t i = 0; i < size; ++i) {
                // Minus where the digits of both places, to the base of four, add up to three.
                float wanted = 1;
                for (std::size_t digit = 1; digit != size; digit *= 4)
                    wanted *= i / digit % 4 + place / digit % 4 == 3 ? -0.5F : 0.5F;
                is_right = is_right && values[i] == wanted;
            }
            INFO(size << " " << place);
            CHECK(is_right);
        }
    }
}

TEST_CASE("a rotation is its own inverse")
{
    std::vector<float> values(1024);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i * 7919 % 255) - 127.0F;
    std::vector<float> twice = values;
    rotate_groups(twice.data(), twice.size(), 256);
    CHECK(twice != values);
    rotate_groups(twice.data(), twice.size(), 256);
    CHECK(twice == values);
    rotate_groups(twice.data(), 0, 4); // nothing is nothing
    CHECK(twice == values);
}
