// SPDX-License-Identifier: MIT
#ifndef STET_INTEROP_IMPL_DLPACK_FIELDS_HPP
#define STET_INTEROP_IMPL_DLPACK_FIELDS_HPP

#include "../../tensor/sizes.hpp"
#include "../../tensor/strided.hpp"
#include "../../vocabulary/impl/memory_size.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace STET_NAMESPACE::detail {

/// A DLTensor without the types of DLPack's header.
struct dlpack_fields {
    const void*         data;
    const std::int64_t* shape;
    const std::int64_t* strides; ///< null: packed
    std::uint64_t       byte_offset;
    int                 rank;
    int                 device;
    unsigned            code, bits, lanes;
};

/// source: dlpack.h 1.1, DLDataTypeCode
inline std::optional<dtype> dtype_of_code(unsigned code, unsigned bits) noexcept
{
    struct coded {
        unsigned code, bits;
        dtype    type;
    };
    constexpr std::array<coded, 22> known{{
        {0, 8, dtype::i8},           {0, 16, dtype::i16},     {0, 32, dtype::i32},
        {0, 64, dtype::i64},         {1, 8, dtype::u8},       {1, 16, dtype::u16},
        {1, 32, dtype::u32},         {1, 64, dtype::u64},     {2, 16, dtype::f16},
        {2, 32, dtype::f32},         {2, 64, dtype::f64},     {4, 16, dtype::bf16},
        {5, 64, dtype::c64},         {6, 8, dtype::boolean},  {10, 8, dtype::f8_e4m3},
        {11, 8, dtype::f8_e4m3fnuz}, {12, 8, dtype::f8_e5m2}, {13, 8, dtype::f8_e5m2fnuz},
        {14, 8, dtype::f8_e8m0},     {15, 6, dtype::f6_e2m3}, {16, 6, dtype::f6_e3m2},
        {17, 4, dtype::f4},
    }};
    for (const coded& each : known) {
        if (each.code == code && each.bits == bits)
            return each.type;
    }
    return std::nullopt;
}

/// The shape with the lanes in it.
/// errors: negative_dimension; missing_tensor; too_many_axes; tensor_size_overflow
inline result<extents> shape_with_lanes(const dlpack_fields& tensor, dtype type) noexcept
{
    if (tensor.rank < 0)
        return error{.code = errc::negative_dimension};
    const auto rank = static_cast<std::size_t>(tensor.rank);
    if (rank != 0 && tensor.shape == nullptr)
        return error{.code = errc::missing_tensor};
    const std::span<const std::int64_t> given(tensor.shape, rank);
    if (tensor.lanes == 1)
        return extents(given);
    const bool  joins_last = is_sub_byte(type) && rank != 0;
    std::size_t axes_needed = joins_last ? rank : rank + 1;
    if (axes_needed > kept_axes)
        return error{.code = errc::too_many_axes, .expected = kept_axes, .actual = axes_needed};
    std::array<std::int64_t, kept_axes> shape{};
    for (std::size_t axis = 0; axis < rank; ++axis)
        shape[axis] = given[axis];
    if (!joins_last)
        shape[rank] = tensor.lanes;
    else if (shape[rank - 1] > INT64_MAX / tensor.lanes)
        return error{.code = errc::tensor_size_overflow};
    else
        shape[rank - 1] *= tensor.lanes;
    return extents(std::span<const std::int64_t>(shape.data(), axes_needed));
}

/// Type, shape and size, without a place.
/// errors: unknown_element_type; those of shape_with_lanes and byte_count
inline result<tensor_view> described(const dlpack_fields& tensor) noexcept
{
    const auto type = dtype_of_code(tensor.code, tensor.bits);
    if (!type || tensor.lanes == 0)
        return error{.code = errc::unknown_element_type, .expected = tensor.code, .actual = tensor.bits};
    const auto shape = shape_with_lanes(tensor, *type);
    if (!shape)
        return shape.error();
    const auto size = byte_count(*type, *shape);
    if (!size)
        return size.error();
    return tensor_view{.type = *type, .shape = *shape, .size = *size};
}

/// Whether the processor reads the device's memory: its own, or pinned by CUDA or ROCm.
inline bool is_host_memory(int device) noexcept
{
    constexpr int cpu = 1, pinned_by_cuda = 3, pinned_by_rocm = 11; // source: dlpack.h, DLDeviceType
    return device == cpu || device == pinned_by_cuda || device == pinned_by_rocm;
}

/// The strides of a tensor that has them, counted in scalars.
/// errors: irregular_layout when a stride of lanes passes 2^63
inline result<strides> strides_with_lanes(const dlpack_fields& tensor) noexcept
{
    const auto                          rank = static_cast<std::size_t>(tensor.rank);
    const std::span<const std::int64_t> given(tensor.strides, rank);
    if (tensor.lanes == 1)
        return strides(given);
    const std::int64_t                  lanes = tensor.lanes;
    std::array<std::int64_t, kept_axes> spacing{};
    for (std::size_t axis = 0; axis < rank; ++axis) {
        if (given[axis] > INT64_MAX / lanes || given[axis] < INT64_MIN / lanes)
            return error{.code = errc::irregular_layout};
        spacing[axis] = given[axis] * lanes;
    }
    spacing[rank] = 1;
    return strides(std::span<const std::int64_t>(spacing.data(), rank + 1));
}

/// errors: as for tensor_traits of a DLTensor
inline result<tensor_view> dlpack_view_of(const dlpack_fields& tensor) noexcept
{
    const auto whole = described(tensor);
    if (!whole || whole->size == 0)
        return whole;
    if (!is_host_memory(tensor.device))
        return error{.code = errc::device_memory, .actual = static_cast<std::uint64_t>(tensor.device)};
    if (tensor.data == nullptr)
        return error{.code = errc::missing_tensor};
    const auto* const first = static_cast<const std::byte*>(tensor.data) + memory_size(tensor.byte_offset);
    if (tensor.strides != nullptr && !is_sub_byte(whole->type)) {
        const auto spacing = strides_with_lanes(tensor);
        return spacing ? native_order(strided_from(whole->type, whole->shape, *spacing, first))
                       : spacing.error();
    }
    if (tensor.strides != nullptr) {
        const auto rank = static_cast<std::size_t>(tensor.rank);
        if (!are_packed(std::span<const std::int64_t>(tensor.shape, rank),
                        std::span<const std::int64_t>(tensor.strides, rank)))
            return error{.code = errc::irregular_layout};
    }
    return native_order(view_of(whole->type, whole->shape, first, memory_size(whole->size)));
}

} // namespace STET_NAMESPACE::detail

#endif
