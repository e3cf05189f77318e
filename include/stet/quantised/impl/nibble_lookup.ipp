// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/processor.hpp"
#include "nibble_lookup.hpp"

#include <cstring>

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define STET_LOOKS_UP_WIDE
#include <immintrin.h>
#endif

namespace STET_NAMESPACE::detail {

template <class Word>
void look_up_nibbles_by_one(const std::byte* packed, nibble_order order,
                            const nibble_table<Word>* const* tables, std::size_t blocks,
                            std::byte* to) noexcept
{
    const unsigned first = order == nibble_order::high_first ? 4 : 0;
    const unsigned second = 4 - first;
    for (std::size_t block = 0; block < blocks; ++block) {
        const nibble_table<Word>& words = *tables[block];
        for (std::size_t i = 0; i < nibble_block / 2; ++i, ++packed, to += 2 * sizeof(Word)) {
            const auto both = std::to_integer<unsigned>(*packed);
            const Word one = words[both >> first & 0xFU];
            const Word other = words[both >> second & 0xFU];
            std::memcpy(to, &one, sizeof one);
            std::memcpy(to + sizeof one, &other, sizeof other);
        }
    }
}

#if defined(STET_LOOKS_UP_WIDE)

/// Sixteen codes, one a byte, in the order of their elements.
__attribute__((target("avx2"))) inline __m128i spread_nibbles(const std::byte* packed,
                                                              nibble_order     order) noexcept
{
    const __m128i both = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(static_cast<const void*>(packed)));
    const __m128i mask = _mm_set1_epi8(0xF);
    const __m128i low = _mm_and_si128(both, mask);
    const __m128i high = _mm_and_si128(_mm_srli_epi16(both, 4), mask);
    return order == nibble_order::high_first ? _mm_unpacklo_epi8(high, low) : _mm_unpacklo_epi8(low, high);
}

__attribute__((target("avx2"))) inline void look_up_nibbles_widely(
    const std::byte* packed, nibble_order order, const nibble_table<std::uint16_t>* const* tables,
    std::size_t blocks, std::byte* to) noexcept
{
    const __m128i even_then_odd = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    for (std::size_t block = 0; block < blocks; ++block, packed += nibble_block / 2, to += 2 * nibble_block) {
        const auto* const words =
            static_cast<const __m128i*>(static_cast<const void*>(tables[block]->data()));
        const __m128i some = _mm_shuffle_epi8(_mm_loadu_si128(words), even_then_odd);
        const __m128i others = _mm_shuffle_epi8(_mm_loadu_si128(words + 1), even_then_odd);
        const __m128i codes = spread_nibbles(packed, order);
        const __m128i low = _mm_shuffle_epi8(_mm_unpacklo_epi64(some, others), codes);
        const __m128i high = _mm_shuffle_epi8(_mm_unpackhi_epi64(some, others), codes);
        auto* const   into = static_cast<__m128i*>(static_cast<void*>(to));
        _mm_storeu_si128(into, _mm_unpacklo_epi8(low, high));
        _mm_storeu_si128(into + 1, _mm_unpackhi_epi8(low, high));
    }
}

__attribute__((target("avx2"))) inline void look_up_nibbles_widely(
    const std::byte* packed, nibble_order order, const nibble_table<std::uint32_t>* const* tables,
    std::size_t blocks, std::byte* to) noexcept
{
    for (std::size_t block = 0; block < blocks; ++block, packed += nibble_block / 2, to += 4 * nibble_block) {
        const auto* const words =
            static_cast<const __m256i*>(static_cast<const void*>(tables[block]->data()));
        const __m256i some = _mm256_loadu_si256(words);
        const __m256i others = _mm256_loadu_si256(words + 1);
        const __m128i codes = spread_nibbles(packed, order);
        const auto    eight = [&](__m128i from) __attribute__((target("avx2")))
        {
            const __m256i at = _mm256_cvtepu8_epi32(from);
            const __m256i is_other = _mm256_cmpgt_epi32(at, _mm256_set1_epi32(7));
            return _mm256_blendv_epi8(_mm256_permutevar8x32_epi32(some, at),
                                      _mm256_permutevar8x32_epi32(others, at), is_other);
        };
        auto* const into = static_cast<__m256i*>(static_cast<void*>(to));
        _mm256_storeu_si256(into, eight(codes));
        _mm256_storeu_si256(into + 1, eight(_mm_srli_si128(codes, 8)));
    }
}

#endif

STET_INLINE void look_up_nibbles_plainly(const std::byte* packed, nibble_order order,
                                         const nibble_table<std::uint16_t>* const* tables, std::size_t blocks,
                                         std::byte* to) noexcept
{
    look_up_nibbles_by_one(packed, order, tables, blocks, to);
}

STET_INLINE void look_up_nibbles_plainly(const std::byte* packed, nibble_order order,
                                         const nibble_table<std::uint32_t>* const* tables, std::size_t blocks,
                                         std::byte* to) noexcept
{
    look_up_nibbles_by_one(packed, order, tables, blocks, to);
}

template <class Word>
void look_up_nibbles_of(const std::byte* packed, nibble_order order, const nibble_table<Word>* const* tables,
                        std::size_t blocks, std::byte* to) noexcept
{
#if defined(STET_LOOKS_UP_WIDE)
    if (processor().avx2)
        return look_up_nibbles_widely(packed, order, tables, blocks, to);
#endif
    look_up_nibbles_by_one(packed, order, tables, blocks, to);
}

STET_INLINE void look_up_nibbles(const std::byte* packed, nibble_order order,
                                 const nibble_table<std::uint16_t>* const* tables, std::size_t blocks,
                                 std::byte* to) noexcept
{
    look_up_nibbles_of(packed, order, tables, blocks, to);
}

STET_INLINE void look_up_nibbles(const std::byte* packed, nibble_order order,
                                 const nibble_table<std::uint32_t>* const* tables, std::size_t blocks,
                                 std::byte* to) noexcept
{
    look_up_nibbles_of(packed, order, tables, blocks, to);
}

} // namespace STET_NAMESPACE::detail

#undef STET_LOOKS_UP_WIDE
