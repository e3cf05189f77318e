// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/stored_shape.hpp>

#include <catch2/catch_test_macros.hpp>

using stet::extents;
using stet::detail::fit_of;
using stet::detail::shape_fit;
using stet::detail::stored_shape;
using stet::detail::stored_shape_of;
using stet::detail::usual_side_shape;
using stet::quantised::side_shape;

namespace {

constexpr stored_shape matrix{.rows = 130, .columns = 96};
constexpr stored_shape bank{.is_bank = true, .experts = 3, .rows = 130, .columns = 96};

constexpr shape_fit fit(const extents& found, side_shape side, const stored_shape& weight = matrix)
{
    return fit_of(found, side, weight, 16, 16, 32);
}

} // namespace

TEST_CASE("rows, columns and experts of a weight")
{
    CHECK(stored_shape_of({4, 6}, 8)->columns == 6);
    CHECK(stored_shape_of({4, 6}, 4)->columns == 12);
    CHECK(stored_shape_of({4, 6}, 6)->columns == 8);
    CHECK_FALSE(stored_shape_of({4, 5}, 6));
    CHECK(stored_shape_of({2, 4, 6}, 8)->experts == 2);
    CHECK(stored_shape_of({2, 4, 6}, 8)->rows == 4);
    CHECK(stored_shape_of({2, 4, 6}, 8)->is_bank);
    CHECK_FALSE(stored_shape_of({}, 8));
    CHECK_FALSE(stored_shape_of({4}, 8));
    CHECK_FALSE(stored_shape_of({1, 2, 3, 4}, 8));
    CHECK_FALSE(stored_shape_of({0, UINT64_MAX}, 4));
}

TEST_CASE("the shapes that ComfyUI writes")
{
    CHECK(usual_side_shape(side_shape::one, matrix, 16, 0).empty());
    CHECK(usual_side_shape(side_shape::one, bank, 16, 0) == extents(3));
    CHECK(usual_side_shape(side_shape::rows, bank, 16, 0) == extents{3, 130});
    CHECK(usual_side_shape(side_shape::columns, matrix, 16, 0) == extents(96));
    CHECK(usual_side_shape(side_shape::blocks, matrix, 16, 0) == extents{256, 8});
    CHECK(usual_side_shape(side_shape::row_by_group, bank, 16, 32) == extents{3, 130, 3});
    CHECK(usual_side_shape(side_shape::group_by_row, matrix, 16, 32) == extents{3, 130});
    CHECK(usual_side_shape(side_shape::sixteen, matrix, 16, 0) == extents(16));
}

TEST_CASE("a scale of the tensor is a scalar or one number; one of rows has an axis of its own")
{
    for (const side_shape side : {side_shape::one, side_shape::one_or_rows}) {
        CHECK(fit({}, side) == shape_fit::right);
        CHECK(fit(extents(1), side) == shape_fit::right);
        CHECK(fit(extents(130), side) == shape_fit::wrong);
        CHECK(fit(extents(3), side, bank) == shape_fit::right);
        CHECK(fit({}, side, bank) == shape_fit::right);
    }
    CHECK(fit({130, 1}, side_shape::one_or_rows) == shape_fit::right);
    CHECK(fit({130, 1}, side_shape::one) == shape_fit::wrong);
    CHECK(fit({129, 1}, side_shape::one_or_rows) == shape_fit::wrong);
    CHECK(fit({3, 130, 1}, side_shape::one_or_rows, bank) == shape_fit::right);
    CHECK(fit({130, 1}, side_shape::rows) == shape_fit::wrong);
}

TEST_CASE("scales in tiles load in any shape of as many bytes")
{
    CHECK(fit({256, 8}, side_shape::blocks) == shape_fit::right);
    CHECK(fit(extents(2048), side_shape::blocks) == shape_fit::loadable);
    CHECK(fit({8, 256}, side_shape::blocks) == shape_fit::loadable);
    CHECK(fit({130, 6}, side_shape::blocks) == shape_fit::wrong);
    CHECK(fit({UINT64_MAX, UINT64_MAX}, side_shape::blocks) == shape_fit::wrong);
    CHECK(fit({3, 256, 8}, side_shape::blocks, bank) == shape_fit::right);
    CHECK(fit({256, 8}, side_shape::blocks, bank) == shape_fit::wrong);
}

TEST_CASE("a factor of columns may be as long as they were before padding")
{
    CHECK(fit(extents(96), side_shape::columns) == shape_fit::right);
    CHECK(fit(extents(81), side_shape::columns) == shape_fit::right);
    CHECK(fit(extents(80), side_shape::columns) == shape_fit::wrong);
    CHECK(fit(extents(97), side_shape::columns) == shape_fit::wrong);
    CHECK(fit(extents(16), side_shape::sixteen, bank) == shape_fit::right);
    CHECK(fit({3, 16}, side_shape::sixteen, bank) == shape_fit::right);
    CHECK(fit(extents(15), side_shape::sixteen) == shape_fit::wrong);
    CHECK(fit({9, 9, 9, 9}, side_shape::any) == shape_fit::right);
}
