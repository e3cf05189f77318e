// SPDX-License-Identifier: MIT
// Tensors that offer what those of other libraries offer, so that the adapters are tested where the libraries are not:
// the names are theirs. The group `libraries` tests the same with the real ones.
#ifndef STET_TESTS_SUPPORT_FOREIGN_TENSORS_HPP
#define STET_TESTS_SUPPORT_FOREIGN_TENSORS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace foreign {

/// Eigen::Matrix, Map, Block and Transpose: a pointer and two strides.
template <class Element, bool IsVector = false, bool OwnsMemory = true>
struct eigen_matrix {
    using Scalar = Element;
    using PlainObject = eigen_matrix<Element, IsVector, true>;
    enum : int { IsVectorAtCompileTime = IsVector ? 1 : 0 };

    const Element* first;
    std::ptrdiff_t row_count, column_count, row_stride, column_stride;

    const Element* data() const { return first; }
    std::ptrdiff_t size() const { return row_count * column_count; }
    std::ptrdiff_t rows() const { return row_count; }
    std::ptrdiff_t cols() const { return column_count; }
    std::ptrdiff_t rowStride() const { return row_stride; }
    std::ptrdiff_t colStride() const { return column_stride; }
    std::ptrdiff_t innerStride() const { return row_count == 1 ? column_stride : row_stride; }
};

/// Eigen::Tensor of <unsupported/Eigen/CXX11/Tensor>.
template <class Element, int Rank, int Order>
struct eigen_tensor {
    using Scalar = Element;
    static constexpr int NumIndices = Rank;
    static constexpr int Layout = Order; ///< 0 column-major, 1 row-major

    const Element*                                             first;
    std::array<std::ptrdiff_t, static_cast<std::size_t>(Rank)> sizes;

    const Element* data() const { return first; }
    const auto&    dimensions() const { return sizes; }
    std::ptrdiff_t dimension(std::size_t axis) const { return sizes[axis]; }
    std::ptrdiff_t size() const
    {
        std::ptrdiff_t count = 1;
        for (const std::ptrdiff_t axis : sizes)
            count *= axis;
        return count;
    }
};

/// xt::xarray and its views.
template <class Element>
struct xtensor {
    using value_type = Element;

    const Element*              storage;
    std::vector<std::size_t>    sizes;
    std::vector<std::ptrdiff_t> spacing;
    std::size_t                 offset = 0;

    const Element* data() const { return storage; }
    std::size_t    size() const
    {
        std::size_t count = 1;
        for (const std::size_t axis : sizes)
            count *= axis;
        return count;
    }
    std::size_t data_offset() const { return offset; }
    std::size_t dimension() const { return sizes.size(); }
    const auto& shape() const { return sizes; }
    const auto& strides() const { return spacing; }
};

/// cv::Mat.
struct opencv_matrix {
    template <class Number>
    struct each_axis {
        const Number* first;
        const Number& operator[](int axis) const { return first[axis]; }
    };

    unsigned char*           data;
    int                      dims, rows, cols;
    std::vector<int>         sizes;
    std::vector<std::size_t> steps; ///< bytes
    int                      depth_code, channel_count;
    std::size_t              element_size;
    each_axis<int>           size{sizes.data()};
    each_axis<std::size_t>   step{steps.data()};

    int         depth() const { return depth_code; }
    int         channels() const { return channel_count; }
    std::size_t elemSize1() const { return element_size; }
};

/// std::mdspan with its default accessor; Rank sizes and strides.
template <class Element, std::size_t Rank>
struct mdspan {
    using element_type = Element;
    using value_type = std::remove_cv_t<Element>;
    using reference = Element&;
    struct extents_type {};
    struct accessor_type {};

    Element*                         first;
    std::array<std::size_t, Rank>    sizes;
    std::array<std::ptrdiff_t, Rank> spacing;
    bool                             has_strides = true;
    static constexpr std::size_t     rank() { return Rank; }
    Element*                         data_handle() const { return first; }
    std::size_t                      extent(std::size_t axis) const { return sizes[axis]; }
    std::ptrdiff_t                   stride(std::size_t axis) const { return spacing[axis]; }
    bool                             is_strided() const { return has_strides; }
    extents_type                     extents() const { return {}; }
    int                              mapping() const { return 0; }
};

/// The same with an accessor that computes its elements, as std::linalg::scaled does.
template <class Element, std::size_t Rank>
struct computing_mdspan : mdspan<Element, Rank> {
    using reference = Element;
};

// dlpack.h 1.1

struct DLDevice {
    std::int32_t device_type, device_id;
};
struct DLDataType {
    std::uint8_t  code, bits;
    std::uint16_t lanes;
};
struct DLTensor {
    void*         data;
    DLDevice      device;
    std::int32_t  ndim;
    DLDataType    dtype;
    std::int64_t* shape;
    std::int64_t* strides;
    std::uint64_t byte_offset;
};
struct DLManagedTensor {
    DLTensor dl_tensor;
    void*    manager_ctx;
    void (*deleter)(DLManagedTensor*);
};
struct DLPackVersion {
    std::uint32_t major, minor;
};
struct DLManagedTensorVersioned {
    DLPackVersion version;
    void*         manager_ctx;
    void (*deleter)(DLManagedTensorVersioned*);
    std::uint64_t flags;
    DLTensor      dl_tensor;
};

} // namespace foreign

#endif
