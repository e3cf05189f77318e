// SPDX-License-Identifier: MIT
#include "../strided.hpp"
#include "walk.hpp"

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE result<void> pour_steps(const tensor_view& tensor, std::size_t swapped_width,
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
    return pour_steps(tensor, 1, destination);
}

STET_INLINE result<void> pour_strided_swapped(const tensor_view& tensor, sink_ref destination)
{
    return pour_steps(tensor, swapped_width(tensor.type), destination);
}

} // namespace detail

STET_INLINE result<tensor_view> strided_view(dtype type, const extents& shape, const strides& spacing,
                                             bytes storage, std::uint64_t offset) noexcept
{
    const auto size = byte_count(type, shape);
    if (!size)
        return size.error();
    if (spacing.problem() != errc{})
        return axes_error(spacing);
    if (spacing.size() != shape.size())
        return error{.code = errc::strides_rank_mismatch, .expected = shape.size(), .actual = spacing.size()};
    if (is_sub_byte(type))
        return error{.code = errc::sub_byte_strides};
    tensor_view view{.type = type, .shape = shape, .size = *size};
    if (*size == 0)
        return view;

    const std::size_t   width = element_size(type);
    const std::uint64_t stored = storage.size() / width;
    const detail::reach ends = detail::reach_of(shape, spacing);
    if (ends.overflows || offset >= stored || ends.below > offset || ends.above >= stored - offset) {
        const bool unnamed = ends.overflows || ends.below > offset || ends.above > UINT64_MAX - offset;
        const std::uint64_t reached = unnamed ? UINT64_MAX : offset + ends.above;
        return error{.code = errc::outside_storage, .expected = stored, .actual = reached};
    }
    view.data = storage.data() + detail::memory_size(offset) * width;
    if (detail::are_packed(shape, spacing))
        return view;
    view.strides = spacing;
    view.pour = detail::pour_strided;
    return view;
}

} // namespace STET_NAMESPACE
