// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_WALK_HPP
#define STET_TENSOR_IMPL_WALK_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../axes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// How many axes longer than one a tensor that fits into memory can have.
inline constexpr std::size_t most_axes = 64;

struct walked_axis {
    std::uint64_t  size;
    std::ptrdiff_t stride; ///< bytes between neighbours
};

/// The axes that matter when walking: those longer than one, neighbours merged where one continues the other, and
/// without the innermost ones whose elements lie side by side.
class walk {
public:
    /// width: bytes of an element
    walk(const extents& shape, const strides& spacing, std::size_t width) noexcept;

    std::size_t        rank() const noexcept { return rank_; }
    const walked_axis& operator[](std::size_t i) const noexcept { return axes_[i]; }

    /// Bytes that lie side by side in the source: an element, or a run of them.
    std::size_t run() const noexcept { return run_; }

    array_view<const walked_axis> axes() const noexcept { return {axes_.data(), rank_}; }

private:
    void append(walked_axis next) noexcept;

    std::array<walked_axis, most_axes> axes_{};
    std::size_t                        rank_ = 0;
    std::size_t                        run_;
};

/// Visits every index of the axes in order, the last one fastest.
/// place: callable with the byte offset from the first element and the index on each axis; false ends the visit
template <class Place>
void each_place(array_view<const walked_axis> axes, Place place)
{
    std::array<std::uint64_t, most_axes> at{};
    std::ptrdiff_t                       offset = 0;
    for (;;) {
        if (!place(offset, array_view<const std::uint64_t>(at.data(), axes.size())))
            return;
        std::size_t i = axes.size();
        while (i != 0 && ++at[i - 1] == axes[i - 1].size) {
            offset -= axes[i - 1].stride * static_cast<std::ptrdiff_t>(axes[i - 1].size - 1);
            at[--i] = 0;
        }
        if (i == 0)
            return;
        offset += axes[i - 1].stride;
    }
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "walk.ipp"
#endif

#endif
