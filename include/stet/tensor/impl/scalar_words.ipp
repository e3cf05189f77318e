// SPDX-License-Identifier: MIT
#include "scalar_words.hpp"

#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE std::uint64_t load_word(const std::byte* from) noexcept
{
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

STET_INLINE void store_word(std::byte* to, std::uint64_t word) noexcept
{
    std::memcpy(to, &word, sizeof word);
}

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
