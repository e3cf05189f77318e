// SPDX-License-Identifier: MIT
// std::mdspan and its relatives, such as Kokkos' and CUDA's, as tensors. Includes none of them.
#ifndef STET_INTEROP_MDSPAN_HPP
#define STET_INTEROP_MDSPAN_HPP

#include "../tensor/strided.hpp"
#include "../tensor/tensor_like.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

/// Looks straight into memory: an accessor that computes its elements gives no references to them.
template <class Span>
concept mdspan_of_scalars = requires(const Span& s) {
    typename Span::extents_type;
    typename Span::accessor_type;
    requires scalar<typename Span::value_type>;
    requires std::same_as<typename Span::reference, typename Span::element_type&>;
    {
        s.data_handle()
    } -> std::convertible_to<const typename Span::value_type*>;
    {
        s.is_strided()
    } -> std::convertible_to<bool>;
    {
        s.extent(0)
    } -> std::integral;
    {
        Span::rank()
    } -> std::convertible_to<std::size_t>;
};

} // namespace detail

/// Views an mdspan of any layout that has strides: layout_right, layout_left, layout_stride and the padded ones.
/// errors:   irregular_layout when the mapping says it has no strides; those of strided_view
/// lifetime: borrows what the mdspan borrows
template <detail::mdspan_of_scalars Span>
struct tensor_traits<Span> {
    static constexpr bool borrows = true;

    static result<tensor_view> view(const Span& span) noexcept
    {
        constexpr auto rank = static_cast<std::size_t>(Span::rank());
        static_assert(rank <= detail::kept_axes, "stet: an mdspan is seen with up to eight axes");
        if (!span.is_strided())
            return error{.code = errc::irregular_layout};
        if constexpr (rank == 0) {
            return detail::strided_from<typename Span::value_type>(span.data_handle(), {}, {});
        } else {
            std::array<std::uint64_t, rank> shape{};
            std::array<std::int64_t, rank>  spacing{};
            for (std::size_t axis = 0; axis < rank; ++axis) {
                shape[axis] = static_cast<std::uint64_t>(span.extent(axis));
                spacing[axis] = static_cast<std::int64_t>(span.stride(axis));
            }
            return detail::strided_from<typename Span::value_type>(span.data_handle(), shape, spacing);
        }
    }
};

} // namespace STET_NAMESPACE

#endif
