// SPDX-License-Identifier: MIT
#include "scalar_words.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void swap_scalars(std::byte* scalars, std::size_t size, std::size_t width) noexcept
{
    switch (width) {
    case 2:
        return swap_scalars<2>(scalars, size);
    case 4:
        return swap_scalars<4>(scalars, size);
    case 8:
        return swap_scalars<8>(scalars, size);
    default:
        return;
    }
}

} // namespace STET_NAMESPACE::detail
