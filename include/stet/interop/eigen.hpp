// SPDX-License-Identifier: MIT
// Eigen's matrices, arrays and tensors as tensors. Includes nothing of Eigen; include it before or after Eigen.
#ifndef STET_INTEROP_EIGEN_HPP
#define STET_INTEROP_EIGEN_HPP

#include "../tensor/strided.hpp"
#include "../tensor/tensor_like.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace Eigen {

struct bfloat16;
struct half;
template <typename PlainObject, int Options, typename Stride>
class Ref;

} // namespace Eigen

namespace STET_NAMESPACE {

template <>
struct scalar_traits<Eigen::half> {
    static constexpr dtype type = dtype::f16;
};
template <>
struct scalar_traits<Eigen::bfloat16> {
    static constexpr dtype type = dtype::bf16;
};

namespace detail {

/// Matrix, Array, Map, Block, Ref, Transpose and whatever else has its coefficients in memory.
template <class Matrix>
concept eigen_matrix = requires(const Matrix& m) {
    typename Matrix::PlainObject;
    requires scalar<typename Matrix::Scalar>;
    {
        m.data()
    } -> std::convertible_to<const typename Matrix::Scalar*>;
    m.rows();
    m.cols();
    m.rowStride();
    m.colStride();
    static_cast<bool>(Matrix::IsVectorAtCompileTime);
};

/// Tensor, TensorFixedSize and TensorMap of <unsupported/Eigen/CXX11/Tensor>.
template <class Tensor>
concept eigen_tensor = requires(const Tensor& t) {
    requires scalar<typename Tensor::Scalar>;
    {
        t.data()
    } -> std::convertible_to<const typename Tensor::Scalar*>;
    t.dimensions()[0];
    static_cast<int>(Tensor::Layout);
    static_cast<int>(Tensor::NumIndices);
};

template <class Matrix>
inline constexpr bool is_eigen_ref_to_const = false;
template <class Matrix, int Options, class Stride>
inline constexpr bool is_eigen_ref_to_const<Eigen::Ref<const Matrix, Options, Stride>> = true;

} // namespace detail

/// Views a matrix, whatever its storage order, by its own strides, or an array of one. A vector whose type says so,
/// such as Eigen::VectorXf or a row, has one axis; everything else has two.
/// errors:   those of strided_view
/// lifetime: borrows the coefficients
template <detail::eigen_matrix Matrix>
struct tensor_traits<Matrix> {
    /// Maps, blocks and transposes; a Ref to const may hold a copy.
    static constexpr bool borrows =
        !std::same_as<typename Matrix::PlainObject, Matrix> && !detail::is_eigen_ref_to_const<Matrix>;

    static result<tensor_view> view(const Matrix& matrix) noexcept
    {
        if constexpr (static_cast<bool>(Matrix::IsVectorAtCompileTime))
            return detail::strided_from(matrix.data(), extents(matrix.size()), strides(matrix.innerStride()));
        else
            return detail::strided_from(matrix.data(), {matrix.rows(), matrix.cols()},
                                        {matrix.rowStride(), matrix.colStride()});
    }
};

/// Views one of Eigen's unsupported tensors, in either storage order.
/// errors:   those of strided_view
/// lifetime: borrows the coefficients
template <detail::eigen_tensor Tensor>
struct tensor_traits<Tensor> {
    static result<tensor_view> view(const Tensor& tensor) noexcept
    {
        constexpr auto rank = static_cast<std::size_t>(static_cast<int>(Tensor::NumIndices));
        static_assert(rank <= detail::kept_axes, "stet: a tensor of Eigen's is seen with up to eight axes");
        constexpr bool                 is_row_major = static_cast<int>(Tensor::Layout) == 1;
        std::array<std::int64_t, rank> shape{};
        std::array<std::int64_t, rank> spacing{};
        std::uint64_t stride = 1; // wraps only for a tensor without elements, which nobody walks
        for (std::size_t i = 0; i < rank; ++i) {
            const std::size_t axis = is_row_major ? rank - 1 - i : i;
            shape[axis] = static_cast<std::int64_t>(tensor.dimensions()[axis]);
            spacing[axis] = static_cast<std::int64_t>(stride);
            stride *= static_cast<std::uint64_t>(shape[axis]);
        }
        return detail::strided_from(tensor.data(), shape, spacing);
    }
};

} // namespace STET_NAMESPACE

#endif
