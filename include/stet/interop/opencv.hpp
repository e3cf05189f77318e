// SPDX-License-Identifier: MIT
// OpenCV's matrices as tensors. Includes nothing of OpenCV.
#ifndef STET_INTEROP_OPENCV_HPP
#define STET_INTEROP_OPENCV_HPP

#include "../tensor/strided.hpp"
#include "../tensor/tensor_like.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace STET_NAMESPACE {

namespace detail {

/// cv::Mat and cv::Mat_.
template <class Matrix>
concept opencv_matrix = requires(const Matrix& m) {
    {
        m.data
    } -> std::convertible_to<const unsigned char*>;
    {
        m.depth()
    } -> std::convertible_to<int>;
    {
        m.channels()
    } -> std::convertible_to<int>;
    {
        m.elemSize1()
    } -> std::convertible_to<std::size_t>;
    {
        m.dims
    } -> std::convertible_to<int>;
    m.size[0];
    m.step[0];
};

/// source: opencv2/core/hal/interface.h, CV_8U to CV_16F
constexpr std::optional<dtype> dtype_of_depth(int depth) noexcept
{
    constexpr std::array<dtype, 8> known{dtype::u8,  dtype::i8,  dtype::u16, dtype::i16,
                                         dtype::i32, dtype::f32, dtype::f64, dtype::f16};
    if (depth < 0 || static_cast<std::size_t>(depth) >= known.size())
        return std::nullopt;
    return known[static_cast<std::size_t>(depth)];
}

} // namespace detail

/// Views a matrix by its own steps: `{rows, columns}`, or all its dimensions, and a last axis of channels where there
/// are several, as Python sees it. A region of interest is not copied.
/// errors:   missing_tensor for a matrix without dimensions; unknown_element_type for a depth newer than CV_16F;
///           too_many_axes beyond eight; irregular_layout when rows lie a fraction of an element apart
/// lifetime: borrows the elements
template <detail::opencv_matrix Matrix>
struct tensor_traits<Matrix> {
    static result<tensor_view> view(const Matrix& matrix)
    {
        if (matrix.dims <= 0)
            return error{.code = errc::missing_tensor};
        const auto type = detail::dtype_of_depth(matrix.depth());
        if (!type)
            return error{.code = errc::unknown_element_type,
                         .expected = static_cast<std::uint64_t>(matrix.depth()),
                         .actual = std::uint64_t{matrix.elemSize1()} * 8};
        const auto        dimensions = static_cast<std::size_t>(matrix.dims);
        const std::size_t rank = dimensions + (matrix.channels() == 1 ? 0U : 1U);
        if (rank > detail::kept_axes)
            return error{.code = errc::too_many_axes, .expected = detail::kept_axes, .actual = rank};
        std::array<std::int64_t, detail::kept_axes> shape{};
        std::array<std::int64_t, detail::kept_axes> spacing{};
        for (std::size_t axis = 0; axis < dimensions; ++axis) {
            const std::size_t apart = matrix.step[static_cast<int>(axis)];
            if (apart % matrix.elemSize1() != 0)
                return error{.code = errc::irregular_layout};
            shape[axis] = matrix.size[static_cast<int>(axis)];
            spacing[axis] = static_cast<std::int64_t>(apart / matrix.elemSize1());
        }
        if (rank > dimensions) {
            shape[dimensions] = matrix.channels();
            spacing[dimensions] = 1;
        }
        return detail::native_order(detail::strided_from(*type, extents(std::span(shape).first(rank)),
                                                         strides(std::span(spacing).first(rank)),
                                                         matrix.data));
    }
};

} // namespace STET_NAMESPACE

#endif
