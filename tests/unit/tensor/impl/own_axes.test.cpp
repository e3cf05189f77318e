// SPDX-License-Identifier: MIT
#include "support/foreign_tensors.hpp"

#include <stet/tensor/impl/own_axes.hpp>
#include <stet/vocabulary/borrowed.hpp>

#include <array>
#include <complex>
#include <span>
#include <string>
#include <valarray>
#include <vector>

using stet::detail::has_own_axes;

namespace own_axes_test {

struct armadillo_matrix {
    unsigned long n_rows, n_cols;
};
struct blaze_matrix {
    unsigned long rows() const;
    unsigned long columns() const;
};
struct ublas_matrix {
    unsigned long size1() const;
    unsigned long size2() const;
};
struct torch_tensor {
    std::span<const long> sizes() const;
    std::span<const long> strides() const;
};
struct kokkos_view {
    unsigned long extent(int axis) const;
    unsigned long stride(int axis) const;
};
/// Row-major without a say in it.
struct packed_tensor {
    const float*             data() const;
    unsigned long            size() const;
    const std::vector<long>& shape() const;
};

} // namespace own_axes_test

using namespace own_axes_test;

static_assert(has_own_axes<foreign::eigen_matrix<float>> && has_own_axes<foreign::eigen_matrix<float, true>>);
static_assert(has_own_axes<foreign::eigen_tensor<float, 3, 0>> && has_own_axes<foreign::xtensor<float>>);
static_assert(has_own_axes<foreign::opencv_matrix> && has_own_axes<foreign::mdspan<float, 2>>);
static_assert(has_own_axes<foreign::mdspan<float, 0>>);
static_assert(has_own_axes<armadillo_matrix> && has_own_axes<blaze_matrix> && has_own_axes<ublas_matrix>);
static_assert(has_own_axes<torch_tensor> && has_own_axes<kokkos_view>);

static_assert(!has_own_axes<std::vector<float>> && !has_own_axes<std::array<float, 4>> &&
              !has_own_axes<std::span<const float>> && !has_own_axes<std::span<float, 4>> &&
              !has_own_axes<std::string> && !has_own_axes<std::valarray<float>> &&
              !has_own_axes<std::complex<float>> && !has_own_axes<float[4]> && !has_own_axes<float*> &&
              !has_own_axes<stet::array_view<const float>>);
static_assert(!has_own_axes<packed_tensor>, "one pointer and one size tell all of it");
