// SPDX-License-Identifier: MIT
#include "prefetch.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void prefetch([[maybe_unused]] const void* address) noexcept
{
#if defined(__GNUC__)
    __builtin_prefetch(address);
#endif
}

STET_INLINE void prefetch_text(std::string_view text) noexcept
{
    prefetch(text.data());
    prefetch(text.data() + (text.empty() ? 0 : text.size() - 1));
}

} // namespace STET_NAMESPACE::detail
