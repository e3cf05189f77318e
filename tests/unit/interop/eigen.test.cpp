// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/foreign_tensors.hpp"
#include "support/poured.hpp"

#include <stet/interop/eigen.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

using foreign::eigen_matrix;
using foreign::eigen_tensor;
using stet::dtype;
using stet::extents;
using stet::tensor_like;
using stet::view_of;
using support::failure;
using support::poured;

namespace eigen_test {

struct undescribed {
    const float* data() const;
    long         rows() const;
    long         cols() const;
};

} // namespace eigen_test

namespace {

template <class Tensor>
concept viewable = requires(Tensor&& tensor) { view_of(std::forward<Tensor>(tensor)); };

} // namespace

static_assert(tensor_like<eigen_matrix<float>> && tensor_like<eigen_matrix<std::int64_t, true>>);
static_assert(tensor_like<eigen_tensor<double, 3, 0>> && tensor_like<const eigen_matrix<float>*>);
static_assert(!tensor_like<eigen_matrix<long double>> && !tensor_like<eigen_test::undescribed>);
static_assert(stet::scalar_traits<Eigen::half>::type == dtype::f16 &&
              stet::scalar_traits<Eigen::bfloat16>::type == dtype::bf16);

static_assert(viewable<eigen_matrix<float>&> && viewable<const eigen_matrix<float>&>);
static_assert(!viewable<eigen_matrix<float>>, "its elements would be gone at once");
static_assert(viewable<eigen_matrix<float, false, false>>, "a map or a block owns none");
static_assert(!stet::detail::is_eigen_ref_to_const<Eigen::Ref<int, 0, void>>);
static_assert(stet::detail::is_eigen_ref_to_const<Eigen::Ref<const int, 0, void>>, "may hold a copy");

TEST_CASE("a matrix of Eigen's is written row by row, whatever its storage order")
{
    const std::string values = "abcdef";
    const auto* const first = reinterpret_cast<const std::uint8_t*>(values.data());

    const eigen_matrix<std::uint8_t> column_major{first, 2, 3, 1, 2};
    const auto                       view = view_of(column_major);
    REQUIRE(view);
    CHECK(view->type == dtype::u8);
    CHECK(view->shape == extents{2, 3});
    CHECK(poured(view) == "acebdf");

    const eigen_matrix<std::uint8_t> row_major{first, 2, 3, 3, 1};
    CHECK(view_of(row_major)->is_packed());
    CHECK(poured(view_of(row_major)) == "abcdef");

    const eigen_matrix<std::uint8_t, false, false> block{first + 1, 2, 2, 1, 3};
    CHECK(poured(view_of(block)) == "becf");
    const eigen_matrix<std::uint8_t, false, false> backwards{first + 5, 2, 3, -3, -1};
    CHECK(poured(view_of(backwards)) == "fedcba");
}

TEST_CASE("a vector of Eigen's has one axis")
{
    const std::string                      values = "abcdef";
    const auto* const                      first = reinterpret_cast<const std::uint8_t*>(values.data());
    const eigen_matrix<std::uint8_t, true> column{first, 6, 1, 1, 6};
    const eigen_matrix<std::uint8_t, true, false> every_other{first, 1, 3, 6, 2};
    CHECK(view_of(column)->shape == extents{6});
    CHECK(poured(view_of(column)) == values);
    CHECK(view_of(every_other)->shape == extents{3});
    CHECK(poured(view_of(every_other)) == "ace");
}

TEST_CASE("a tensor of Eigen's is written row-major from either order")
{
    const std::string                      values = "abcdefghijkl";
    const auto* const                      first = reinterpret_cast<const std::uint8_t*>(values.data());
    const eigen_tensor<std::uint8_t, 3, 1> row_major{first, {2, 3, 2}};
    const eigen_tensor<std::uint8_t, 3, 0> column_major{first, {2, 3, 2}};
    const eigen_tensor<std::uint8_t, 0, 0> scalar{first, {}};
    CHECK(view_of(row_major)->shape == extents{2, 3, 2});
    CHECK(poured(view_of(row_major)) == values);
    CHECK(view_of(column_major)->shape == extents{2, 3, 2});
    CHECK(poured(view_of(column_major)) == "agciekbhdjfl");
    CHECK(view_of(scalar)->shape.empty());
    CHECK(poured(view_of(scalar)) == "a");
}

TEST_CASE("an empty matrix is a tensor of no elements, a matrix without memory is missing")
{
    const eigen_matrix<float> empty{nullptr, 0, 3, 1, 0};
    CHECK(view_of(empty)->shape == extents{0, 3});
    CHECK(poured(view_of(empty)).empty());
    const eigen_matrix<float> nowhere{nullptr, 2, 3, 1, 2};
    CHECK(failure(view_of(nowhere)) == "missing_tensor");
}
