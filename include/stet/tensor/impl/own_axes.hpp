// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_OWN_AXES_HPP
#define STET_TENSOR_IMPL_OWN_AXES_HPP

#include "../../vocabulary/config.hpp"

namespace STET_NAMESPACE::detail {

/// Matrices and tensors of other libraries, recognised by what they offer, so that none of the libraries is included.
/// Their elements lie as their own rows, columns and strides say, which a pointer and a count do not tell.
template <class Tensor>
concept has_own_axes = requires(const Tensor& t) { // Eigen
    t.rows();
    t.cols();
} || requires(const Tensor& t) { // OpenCV
    t.rows;
    t.cols;
} || requires(const Tensor& t) { // Eigen's unsupported Tensor
    t.dimensions();
    t.dimension(0);
} || requires(const Tensor& t) { // xtensor, Boost.MultiArray
    t.shape();
    t.strides();
} || requires(const Tensor& t) { // LibTorch
    t.sizes();
    t.strides();
} || requires(const Tensor& t) { // mdspan, Kokkos::View
    t.extent(0);
    t.stride(0);
} || requires(const Tensor& t) { // mdspan of rank 0
    t.extents();
    t.mapping();
} || requires(const Tensor& t) { // Blaze
    t.rows();
    t.columns();
} || requires(const Tensor& t) { // uBLAS
    t.size1();
    t.size2();
} || requires(const Tensor& t) { // Armadillo
    t.n_rows;
    t.n_cols;
};

} // namespace STET_NAMESPACE::detail

#endif
