// SPDX-License-Identifier: MIT
// xtensor's containers, adaptors and strided views as tensors. Includes nothing of xtensor.
#ifndef STET_INTEROP_XTENSOR_HPP
#define STET_INTEROP_XTENSOR_HPP

#include "../tensor/strided.hpp"
#include "../tensor/tensor_like.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

/// xarray, xtensor, xtensor_fixed, adapt(), and the views of them that have strides.
template <class Tensor>
concept xtensor_in_memory = requires(const Tensor& t) {
    requires scalar<std::remove_cv_t<typename Tensor::value_type>>;
    {
        t.data()
    } -> std::convertible_to<const typename Tensor::value_type*>;
    {
        t.data_offset()
    } -> std::integral;
    t.dimension();
    t.shape();
    t.strides();
};

} // namespace detail

/// Views a tensor, whatever its layout, by its own strides.
/// errors:   too_many_axes beyond eight; those of strided_view
/// lifetime: borrows the elements
template <detail::xtensor_in_memory Tensor>
struct tensor_traits<Tensor> {
    static result<tensor_view> view(const Tensor& tensor)
    {
        const std::size_t rank = tensor.dimension();
        if (rank > detail::kept_axes)
            return error{.code = errc::too_many_axes, .expected = detail::kept_axes, .actual = rank};
        std::array<std::uint64_t, detail::kept_axes> shape{};
        std::array<std::int64_t, detail::kept_axes>  spacing{};
        for (std::size_t axis = 0; axis < rank; ++axis) {
            shape[axis] = tensor.shape()[axis];
            spacing[axis] = tensor.strides()[axis];
        }
        const std::remove_cv_t<typename Tensor::value_type>* const storage = tensor.data();
        return detail::strided_from(storage + tensor.data_offset(), extents(std::span(shape).first(rank)),
                                    strides(std::span(spacing).first(rank)));
    }
};

} // namespace STET_NAMESPACE

#endif
