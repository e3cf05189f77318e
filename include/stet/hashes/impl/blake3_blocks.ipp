// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/processor.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "blake3_blocks.hpp"

#include <bit>

// Not where g++ compiles for Windows: it keeps registers of 32 bytes on a stack that is aligned to 16.
#if (defined(__x86_64__) && defined(__GNUC__) && !(defined(_WIN32) && !defined(__clang__))) || \
    (defined(_M_X64) && !defined(__GNUC__))
#define STET_BLAKE3_X86
#endif

namespace STET_NAMESPACE::detail {

/// Which word of the block each round takes when: every round permutes those of the one before.
inline constexpr std::array<std::array<std::uint8_t, 16>, 7> blake3_order{{
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
}};

inline void blake3_mix(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d,
                       std::uint32_t x, std::uint32_t y) noexcept
{
    a = a + b + x;
    d = std::rotr(d ^ a, 16);
    c = c + d;
    b = std::rotr(b ^ c, 12);
    a = a + b + y;
    d = std::rotr(d ^ a, 8);
    c = c + d;
    b = std::rotr(b ^ c, 7);
}

/// Seven rounds. v: chaining value, the start's first half, counter, size and flags
inline void blake3_rounds(std::uint32_t* v, const std::uint32_t* m) noexcept
{
    for (const auto& s : blake3_order) {
        blake3_mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
        blake3_mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
        blake3_mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
        blake3_mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
        blake3_mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
        blake3_mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
        blake3_mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
        blake3_mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
    }
}

inline void blake3_block(blake3_words& value, const std::array<std::uint32_t, 16>& words,
                         std::uint64_t number, std::size_t size, std::uint32_t flags) noexcept
{
    std::array<std::uint32_t, 16> v;
    for (std::size_t i = 0; i < 8; ++i)
        v[i] = value[i];
    for (std::size_t i = 0; i < 4; ++i)
        v[8 + i] = blake3_start[i];
    v[12] = static_cast<std::uint32_t>(number & 0xFFFFFFFFU);
    v[13] = static_cast<std::uint32_t>(number >> 32U);
    v[14] = static_cast<std::uint32_t>(size);
    v[15] = flags;
    blake3_rounds(v.data(), words.data());
    for (std::size_t i = 0; i < 8; ++i)
        value[i] = v[i] ^ v[8 + i];
}

STET_INLINE blake3_words blake3_chunk(const std::byte* data, std::size_t size, std::uint64_t number,
                                      std::uint32_t last) noexcept
{
    blake3_words  value = blake3_start;
    std::uint32_t begin = blake3_chunk_start;
    do {
        const std::size_t             count = size < blake3_block_size ? size : blake3_block_size;
        std::array<std::uint32_t, 16> words;
        for (std::size_t i = 0; i < 8; ++i) {
            const std::size_t   left = count > 8 * i ? count - 8 * i : 0;
            const std::uint64_t pair = left == 0 ? 0 : load_word(data + 8 * i, left < 8 ? left : 8);
            words[2 * i] = static_cast<std::uint32_t>(pair & 0xFFFFFFFFU);
            words[2 * i + 1] = static_cast<std::uint32_t>(pair >> 32U);
        }
        const std::uint32_t end = size == count ? blake3_chunk_end | last : 0U;
        blake3_block(value, words, number, count, begin | end);
        begin = 0;
        data += count;
        size -= count;
    } while (size != 0);
    return value;
}

STET_INLINE blake3_words blake3_join(const blake3_words& left, const blake3_words& right,
                                     std::uint32_t last) noexcept
{
    std::array<std::uint32_t, 16> words;
    for (std::size_t i = 0; i < 8; ++i) {
        words[i] = left[i];
        words[8 + i] = right[i];
    }
    blake3_words value = blake3_start;
    blake3_block(value, words, 0, blake3_block_size, blake3_parent | last);
    return value;
}

STET_INLINE void blake3_plain_chunks(const std::byte* data, std::size_t count, std::uint64_t number,
                                     blake3_words* to) noexcept
{
    for (std::size_t i = 0; i < count; ++i)
        to[i] = blake3_chunk(data + i * blake3_chunk_size, blake3_chunk_size, number + i);
}

STET_INLINE void blake3_plain_joins(blake3_words* values, std::size_t pairs) noexcept
{
    for (std::size_t i = 0; i < pairs; ++i)
        values[i] = blake3_join(values[2 * i], values[2 * i + 1]);
}

#if defined(STET_BLAKE3_X86)

inline constexpr std::size_t blake3_lanes = 8;

#if defined(__GNUC__)
#define STET_BLAKE3_TARGET __attribute__((__target__("avx2")))
#define STET_BLAKE3_STEP STET_BLAKE3_TARGET __attribute__((__always_inline__)) inline
#else
#define STET_BLAKE3_TARGET
#define STET_BLAKE3_STEP inline
#endif

/// Eight words of one chunk become one word of eight chunks, and the other way round.
STET_BLAKE3_STEP void blake3_transpose(__m256i* rows) noexcept
{
    __m256i pairs[8];
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    __m256i fours[8];
    for (int i = 0; i < 8; i += 4) {
        fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    for (int i = 0; i < 4; ++i) {
        rows[i] = _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20);
        rows[i + 4] = _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31);
    }
}

/// As blake3_mix, for eight at once.
STET_BLAKE3_STEP void blake3_mix_eight(__m256i& a, __m256i& b, __m256i& c, __m256i& d, __m256i x,
                                       __m256i y) noexcept
{
    const __m256i by_16 = _mm256_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2, 13, 12, 15,
                                          14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2);
    const __m256i by_8 = _mm256_set_epi8(12, 15, 14, 13, 8, 11, 10, 9, 4, 7, 6, 5, 0, 3, 2, 1, 12, 15, 14, 13,
                                         8, 11, 10, 9, 4, 7, 6, 5, 0, 3, 2, 1);
    a = _mm256_add_epi32(_mm256_add_epi32(a, b), x);
    d = _mm256_shuffle_epi8(_mm256_xor_si256(d, a), by_16);
    c = _mm256_add_epi32(c, d);
    b = _mm256_xor_si256(b, c);
    b = _mm256_or_si256(_mm256_srli_epi32(b, 12), _mm256_slli_epi32(b, 20));
    a = _mm256_add_epi32(_mm256_add_epi32(a, b), y);
    d = _mm256_shuffle_epi8(_mm256_xor_si256(d, a), by_8);
    c = _mm256_add_epi32(c, d);
    b = _mm256_xor_si256(b, c);
    b = _mm256_or_si256(_mm256_srli_epi32(b, 7), _mm256_slli_epi32(b, 25));
}

template <std::size_t Round>
STET_BLAKE3_STEP void blake3_round_eight(__m256i* v, const __m256i* m) noexcept
{
    constexpr const auto& s = blake3_order[Round];
    blake3_mix_eight(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    blake3_mix_eight(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    blake3_mix_eight(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    blake3_mix_eight(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    blake3_mix_eight(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    blake3_mix_eight(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    blake3_mix_eight(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    blake3_mix_eight(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

STET_BLAKE3_STEP __m256i blake3_load(const void* from) noexcept
{
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

STET_BLAKE3_STEP __m256i blake3_all(std::uint32_t word) noexcept
{
    return _mm256_set1_epi32(static_cast<int>(word));
}

/// What eight inputs of equal size are.
struct blake3_inputs {
    std::size_t   size;   ///< bytes of each, whole blocks; they lie side by side
    std::uint64_t number; ///< of the first
    std::uint32_t step;   ///< from one number to the next
    std::uint32_t begin;  ///< flags of the first block
    std::uint32_t every;  ///< flags of every block
    std::uint32_t end;    ///< flags of the last block
};

STET_BLAKE3_TARGET inline void blake3_eight(const std::byte* data, const blake3_inputs& as,
                                            blake3_words* to) noexcept
{
    alignas(32) std::uint32_t low[blake3_lanes];
    alignas(32) std::uint32_t high[blake3_lanes];
    for (std::uint32_t lane = 0; lane < blake3_lanes; ++lane) {
        const std::uint64_t number = as.number + std::uint64_t{as.step} * lane;
        low[lane] = static_cast<std::uint32_t>(number & 0xFFFFFFFFU);
        high[lane] = static_cast<std::uint32_t>(number >> 32U);
    }
    __m256i value[8];
    for (std::size_t i = 0; i < 8; ++i)
        value[i] = blake3_all(blake3_start[i]);
    for (std::size_t at = 0; at < as.size; at += blake3_block_size) {
        __m256i m[16];
        for (std::size_t lane = 0; lane < blake3_lanes; ++lane) {
            const std::byte* const from = data + at + lane * as.size;
            m[lane] = blake3_load(from);
            m[8 + lane] = blake3_load(from + blake3_block_size / 2);
        }
        blake3_transpose(m);
        blake3_transpose(m + 8);
        const std::uint32_t begin = at == 0 ? as.begin : 0U;
        const std::uint32_t end = at + blake3_block_size == as.size ? as.end : 0U;
        __m256i             v[16];
        for (std::size_t i = 0; i < 8; ++i)
            v[i] = value[i];
        for (std::size_t i = 0; i < 4; ++i)
            v[8 + i] = blake3_all(blake3_start[i]);
        v[12] = blake3_load(low);
        v[13] = blake3_load(high);
        v[14] = blake3_all(static_cast<std::uint32_t>(blake3_block_size));
        v[15] = blake3_all(as.every | begin | end);
        blake3_round_eight<0>(v, m);
        blake3_round_eight<1>(v, m);
        blake3_round_eight<2>(v, m);
        blake3_round_eight<3>(v, m);
        blake3_round_eight<4>(v, m);
        blake3_round_eight<5>(v, m);
        blake3_round_eight<6>(v, m);
        for (std::size_t i = 0; i < 8; ++i)
            value[i] = _mm256_xor_si256(v[i], v[8 + i]);
    }
    blake3_transpose(value);
    for (std::size_t lane = 0; lane < blake3_lanes; ++lane)
        _mm256_storeu_si256(static_cast<__m256i*>(static_cast<void*>(to[lane].data())), value[lane]);
}

inline void blake3_chunks_by_eight(const std::byte* data, std::size_t count, std::uint64_t number,
                                   blake3_words* to) noexcept
{
    for (; count >= blake3_lanes; count -= blake3_lanes) {
        blake3_eight(data, {blake3_chunk_size, number, 1, blake3_chunk_start, 0, blake3_chunk_end}, to);
        data += blake3_lanes * blake3_chunk_size;
        number += blake3_lanes;
        to += blake3_lanes;
    }
    blake3_plain_chunks(data, count, number, to);
}

inline void blake3_joins_by_eight(blake3_words* values, std::size_t pairs) noexcept
{
    std::size_t done = 0;
    for (; pairs - done >= blake3_lanes; done += blake3_lanes)
        blake3_eight(reinterpret_cast<const std::byte*>(values + 2 * done),
                     {blake3_block_size, 0, 0, 0, blake3_parent, 0}, values + done);
    for (; done < pairs; ++done)
        values[done] = blake3_join(values[2 * done], values[2 * done + 1]);
}

#undef STET_BLAKE3_TARGET
#undef STET_BLAKE3_STEP
#undef STET_BLAKE3_X86

STET_INLINE const blake3_functions* blake3_wide() noexcept
{
    static constexpr blake3_functions by_eight{blake3_chunks_by_eight, blake3_joins_by_eight};
    return processor().avx2 ? &by_eight : nullptr;
}

#else

STET_INLINE const blake3_functions* blake3_wide() noexcept
{
    return nullptr;
}

#endif

STET_INLINE const blake3_functions& blake3_compression() noexcept
{
    const blake3_functions* const wide = blake3_wide();
    return wide != nullptr ? *wide : blake3_plain;
}

} // namespace STET_NAMESPACE::detail
