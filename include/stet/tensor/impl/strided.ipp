// SPDX-License-Identifier: MIT
#include "../strided.hpp"
#include "gather.hpp"
#include "walk.hpp"

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE result<void> pour_through_strides(const tensor_view& tensor, std::size_t swapped_width,
                                              sink_ref destination)
{
    if (tensor.size == 0)
        return {};
    const walk axes(tensor.shape, tensor.strides, element_size(tensor.type));
    return pour_walk(axes, static_cast<const std::byte*>(tensor.data), tensor.size, swapped_width,
                     destination);
}

STET_INLINE result<void> pour_strided(const tensor_view& tensor, sink_ref destination)
{
    return pour_through_strides(tensor, 1, destination);
}

STET_INLINE result<void> pour_strided_swapped(const tensor_view& tensor, sink_ref destination)
{
    return pour_through_strides(tensor, swapped_width(tensor.type), destination);
}

/// What every walk is held to, before it has a place.
inline result<tensor_view> unplaced_walk(dtype type, const extents& shape, const strides& spacing) noexcept
{
    const auto size = byte_count(type, shape);
    if (!size)
        return size.error();
    if (spacing.problem() != errc{})
        return axes_error(spacing);
    if (spacing.rank() != shape.rank())
        return error{.code = errc::strides_rank_mismatch, .expected = shape.rank(), .actual = spacing.rank()};
    if (is_sub_byte(type))
        return error{.code = errc::sub_byte_strides};
    return tensor_view{.type = type, .shape = shape, .size = *size};
}

inline tensor_view placed_walk(tensor_view view, const strides& spacing, const void* first) noexcept
{
    view.data = first;
    if (are_packed(view.shape, spacing))
        return view;
    view.strides = spacing;
    view.pour = pour_strided;
    return view;
}

STET_INLINE result<tensor_view> strided_from(dtype type, const extents& shape, const strides& spacing,
                                             const void* first) noexcept
{
    const auto view = unplaced_walk(type, shape, spacing);
    if (!view || view->size == 0)
        return view;
    if (first == nullptr)
        return error{.code = errc::missing_tensor};
    const reach         ends = reach_of(shape, spacing);
    const std::uint64_t largest = std::uint64_t{PTRDIFF_MAX} / element_size(type);
    if (ends.overflows || ends.below + ends.above >= largest) // neither sum passes 2^63
        return error{.code = errc::outside_storage, .expected = largest, .actual = UINT64_MAX};
    return placed_walk(*view, spacing, first);
}

} // namespace detail

STET_INLINE result<tensor_view> strided_view(dtype type, const extents& shape, const strides& spacing,
                                             bytes storage, std::uint64_t offset) noexcept
{
    const auto view = detail::unplaced_walk(type, shape, spacing);
    if (!view || view->size == 0)
        return view;
    const std::size_t   width = element_size(type);
    const std::uint64_t stored = storage.size() / width;
    const detail::reach ends = detail::reach_of(shape, spacing);
    if (ends.overflows || offset >= stored || ends.below > offset || ends.above >= stored - offset) {
        const bool unnamed = ends.overflows || ends.below > offset || ends.above > UINT64_MAX - offset;
        const std::uint64_t reached = unnamed ? UINT64_MAX : offset + ends.above;
        return error{.code = errc::outside_storage, .expected = stored, .actual = reached};
    }
    return detail::placed_walk(*view, spacing, storage.data() + detail::memory_size(offset) * width);
}

} // namespace STET_NAMESPACE
