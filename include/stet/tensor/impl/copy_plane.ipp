// SPDX-License-Identifier: MIT
#include "copy_plane.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void copy_runs(std::byte* to, const std::byte* from, std::size_t run, const copied_axis& outer,
                           const copied_axis& inner) noexcept
{
    if (run < 4)
        return copy_short_runs<2>(to, from, run, outer, inner);
    if (run < 8)
        return copy_short_runs<4>(to, from, run, outer, inner);
    if (run <= 16)
        return copy_short_runs<8>(to, from, run, outer, inner);
    if (run <= 32)
        return copy_short_runs<16>(to, from, run, outer, inner);
    if (run <= 64)
        return copy_short_runs<32>(to, from, run, outer, inner);
    for (std::size_t i = 0; i < outer.size; ++i) {
        for (std::size_t j = 0; j < inner.size; ++j)
            std::memcpy(to + outer.to_at(i) + inner.to_at(j), from + outer.from_at(i) + inner.from_at(j),
                        run);
    }
}

} // namespace STET_NAMESPACE::detail
