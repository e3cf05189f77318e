// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "walk.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE walk::walk(const extents& shape, const strides& spacing, std::size_t width) noexcept : run_(width)
{
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] != 1)
            append({.size = shape[i],
                    .stride = memory_distance(spacing[i]) * static_cast<std::ptrdiff_t>(width)});
    }
    if (rank_ != 0 && axes_[rank_ - 1].stride == static_cast<std::ptrdiff_t>(width))
        run_ *= memory_size(axes_[--rank_].size);
}

STET_INLINE void walk::append(walked_axis next) noexcept
{
    const auto size = static_cast<std::ptrdiff_t>(next.size);
    if (rank_ != 0 && axes_[rank_ - 1].stride == size * next.stride) {
        axes_[rank_ - 1] = {.size = axes_[rank_ - 1].size * next.size, .stride = next.stride};
        return;
    }
    axes_[rank_++] = next;
}

} // namespace STET_NAMESPACE::detail
