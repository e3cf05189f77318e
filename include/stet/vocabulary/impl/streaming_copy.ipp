// SPDX-License-Identifier: MIT
#include "streaming_copy.hpp"

#include <cstdint>
#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE void streaming_copy(std::byte* to, const std::byte* from, std::size_t size) noexcept
{
#if defined(__SSE2__) || defined(_M_X64)
    constexpr std::size_t line = 64;
    if (size >= 16 * line) {
        const std::size_t lead = (line - reinterpret_cast<std::uintptr_t>(to) % line) % line;
        std::memmove(to, from, lead);
        to += lead;
        from += lead;
        size -= lead;
        for (; size >= line; size -= line, to += line, from += line) {
            auto* const       into = reinterpret_cast<__m128i*>(static_cast<void*>(to));
            const auto* const out = reinterpret_cast<const __m128i*>(static_cast<const void*>(from));
            const __m128i     first = _mm_loadu_si128(out);
            const __m128i     second = _mm_loadu_si128(out + 1);
            const __m128i     third = _mm_loadu_si128(out + 2);
            const __m128i     fourth = _mm_loadu_si128(out + 3);
            _mm_stream_si128(into, first);
            _mm_stream_si128(into + 1, second);
            _mm_stream_si128(into + 2, third);
            _mm_stream_si128(into + 3, fourth);
        }
        _mm_sfence(); // before anybody is told that the bytes are there
    }
#endif
    if (size != 0)
        std::memmove(to, from, size);
}

} // namespace STET_NAMESPACE::detail
