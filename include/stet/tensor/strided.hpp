// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_STRIDED_HPP
#define STET_TENSOR_STRIDED_HPP

#include "../vocabulary/config.hpp"
#include "tensor_view.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

/// swapped_width: as in pour_walk
result<void> pour_through_strides(const tensor_view& tensor, std::size_t swapped_width, sink_ref destination);

/// `data` is the element at index zero of every axis.
result<void> pour_strided(const tensor_view& tensor, sink_ref destination);

/// The same for the native scalars of a big-endian host.
result<void> pour_strided_swapped(const tensor_view& tensor, sink_ref destination);

/// Whether the strides are those of a packed row-major tensor; an axis of one element may have any stride.
constexpr bool are_packed(const extents& shape, const strides& spacing) noexcept
{
    std::uint64_t expected = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (shape[i] == 1)
            continue;
        if (spacing[i] < 0 || static_cast<std::uint64_t>(spacing[i]) != expected)
            return false;
        expected *= shape[i];
    }
    return true;
}

/// How far, in elements, a walk gets from its first element.
struct reach {
    std::uint64_t below = 0, above = 0;
    bool          overflows = false;
};

constexpr reach reach_of(const extents& shape, const strides& spacing) noexcept
{
    reach ends;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const std::uint64_t last = shape[i] - 1;
        const bool          backwards = spacing[i] < 0;
        const std::uint64_t stride =
            backwards ? 0 - static_cast<std::uint64_t>(spacing[i]) : static_cast<std::uint64_t>(spacing[i]);
        std::uint64_t& total = backwards ? ends.below : ends.above;
        if (stride != 0 && last > (UINT64_MAX / 2 - total) / stride) {
            ends.overflows = true;
            return ends;
        }
        total += last * stride;
    }
    return ends;
}

/// A walk over all that the strides reach from `first`, the element at index zero of every axis: what other libraries
/// call data(). Their own strides are taken at their word.
/// errors: as for strided_view; missing_tensor for null; outside_storage where no memory is that large
result<tensor_view> strided_from(dtype type, const extents& shape, const strides& spacing,
                                 const void* first) noexcept;

/// The same tensor, whose scalars lie in the host's byte order.
inline result<tensor_view> native_order(result<tensor_view> view) noexcept
{
    if constexpr (std::endian::native == std::endian::big) {
        if (view && bit_width(view->type) > 8)
            view->pour = view->is_packed() ? pour_swapped : pour_strided_swapped;
    }
    return view;
}

template <scalar Scalar>
result<tensor_view> strided_from(const Scalar* first, const extents& shape, const strides& spacing) noexcept
{
    return native_order(strided_from(dtype_of<Scalar>, shape, spacing, first));
}

} // namespace detail

/// Views a tensor through strides: a slice, a transpose, a channels-last weight, a broadcast.
/// storage:  little-endian elements; all the walk may touch
/// offset:   of the element at index zero of every axis, in elements from the start of the storage
/// errors:   those of byte_count; strides_rank_mismatch; sub_byte_strides; outside_storage
/// lifetime: borrows the storage
result<tensor_view> strided_view(dtype type, const extents& shape, const strides& spacing, bytes storage,
                                 std::uint64_t offset = 0) noexcept;

template <detail::passing_bytes Range>
result<tensor_view> strided_view(dtype type, const extents& shape, const strides& spacing, Range&& temporary,
                                 std::uint64_t offset = 0) = delete;

/// Views a one-dimensional contiguous container or a span of scalars through strides.
/// lifetime: borrows the elements
template <class Range>
requires detail::kept_scalar_range<Range>
result<tensor_view> strided_view(Range&& storage, const extents& shape, const strides& spacing,
                                 std::uint64_t offset = 0) noexcept
{
    using element = std::remove_cv_t<std::remove_pointer_t<decltype(std::data(storage))>>;
    const bytes elements = detail::bytes_of(std::data(storage), std::size(storage));
    return detail::native_order(strided_view(dtype_of<element>, shape, spacing, elements, offset));
}

template <class Range>
requires(detail::scalar_range<Range> && !detail::kept_scalar_range<Range>)
result<tensor_view> strided_view(Range&& temporary, const extents& shape, const strides& spacing,
                                 std::uint64_t offset = 0) = delete;

/// Refuses what has rows, columns or strides of its own, with a sentence that says what to write instead.
template <class Tensor>
requires detail::has_own_axes<std::remove_cvref_t<Tensor>>
result<tensor_view> strided_view(Tensor&&, const extents&, const strides&, std::uint64_t = 0) noexcept
{
    static_assert(
        detail::never<Tensor>,
        "stet: this has rows, columns or strides of its own, and those beside them can contradict them; "
        "write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, or give "
        "strided_view a std::span of its memory");
    return error{};
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/strided.ipp"
#endif

#endif
