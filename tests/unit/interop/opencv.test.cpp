// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/foreign_tensors.hpp"
#include "support/poured.hpp"

#include <stet/interop/opencv.hpp>

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using foreign::opencv_matrix;
using stet::dtype;
using stet::extents;
using stet::view_of;
using support::failure;
using support::poured;

static_assert(stet::tensor_like<opencv_matrix>);

namespace {

opencv_matrix matrix(std::string& bytes, std::vector<int> size, std::vector<std::size_t> steps, int depth,
                     int channels, std::size_t element)
{
    const int dims = static_cast<int>(size.size());
    return {reinterpret_cast<unsigned char*>(bytes.data()),
            dims,
            -1,
            -1,
            std::move(size),
            std::move(steps),
            depth,
            channels,
            element};
}

stet::result<stet::tensor_view> seen(const opencv_matrix& given)
{
    return view_of(given);
}

} // namespace

TEST_CASE("a matrix of OpenCV's is written by its own steps, its channels last")
{
    std::string bytes = "abcdefghijkl";
    const auto  whole = seen(matrix(bytes, {2, 6}, {6, 1}, 0, 1, 1));
    REQUIRE(whole);
    CHECK(whole->shape == extents{2, 6});
    CHECK(whole->is_packed());
    CHECK(poured(whole) == bytes);

    const auto region = seen(matrix(bytes, {2, 3}, {6, 1}, 0, 1, 1));
    CHECK(poured(region) == "abcghi");

    const auto coloured = seen(matrix(bytes, {2, 1}, {6, 3}, 0, 3, 1));
    CHECK(coloured->shape == extents{2, 1, 3});
    CHECK(poured(coloured) == "abcghi");

    const auto deep = seen(matrix(bytes, {2, 2, 3}, {6, 3, 1}, 1, 1, 1));
    CHECK(deep->type == dtype::i8);
    CHECK(deep->shape == extents{2, 2, 3});
    CHECK(poured(deep) == bytes);

    if constexpr (std::endian::native == std::endian::little)
        CHECK(poured(seen(matrix(bytes, {3, 1}, {4, 2}, 2, 1, 2))) == "abefij");
}

TEST_CASE("each depth of OpenCV's is a dtype, and a newer one is refused")
{
    std::string bytes(8, '\0');
    const auto  type_of = [&](int depth, std::size_t element) {
        return seen(matrix(bytes, {1, 1}, {element, element}, depth, 1, element))->type;
    };
    CHECK(type_of(0, 1) == dtype::u8);
    CHECK(type_of(1, 1) == dtype::i8);
    CHECK(type_of(2, 2) == dtype::u16);
    CHECK(type_of(3, 2) == dtype::i16);
    CHECK(type_of(4, 4) == dtype::i32);
    CHECK(type_of(5, 4) == dtype::f32);
    CHECK(type_of(6, 8) == dtype::f64);
    CHECK(type_of(7, 2) == dtype::f16);
    const auto newer = seen(matrix(bytes, {1, 1}, {8, 8}, 8, 1, 8));
    REQUIRE(failure(newer) == "unknown_element_type");
    CHECK(newer.error().expected == 8);
    CHECK(newer.error().actual == 64);
    CHECK(failure(seen(matrix(bytes, {1, 1}, {1, 1}, -1, 1, 1))) == "unknown_element_type");
}

TEST_CASE("a matrix without dimensions, with too many, or with odd steps is refused")
{
    std::string bytes(64, '\0');
    CHECK(failure(seen(matrix(bytes, {}, {}, 0, 1, 1))) == "missing_tensor");
    CHECK(failure(seen(matrix(bytes, {2, 1}, {5, 2}, 2, 1, 2))) == "irregular_layout");
    const std::vector<int>         eight(8, 1);
    const std::vector<std::size_t> steps(8, 1);
    CHECK(seen(matrix(bytes, eight, steps, 0, 1, 1)));
    CHECK(failure(seen(matrix(bytes, eight, steps, 0, 3, 1))) == "too_many_axes");
}
