// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/processor.hpp"
#include "sha256_blocks.hpp"

#include <bit>

#if (defined(__x86_64__) && defined(__GNUC__)) || defined(_M_X64)
#define STET_SHA256_X86
#elif defined(__aarch64__) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN) && \
    (!defined(__clang__) || defined(__ARM_FEATURE_SHA2) || __clang_major__ >= 16)
#define STET_SHA256_ARM // older compilers of clang's kind know the instructions only where every program has them
#endif

namespace STET_NAMESPACE::detail {

/// The first 32 bits of the fractional parts of the cube roots of the first primes.
alignas(16) inline constexpr std::array<std::uint32_t, 64> sha256_constants{
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

/// Four bytes, the first of them highest.
inline std::uint32_t load_high_first(const std::byte* from) noexcept
{
    return std::to_integer<std::uint32_t>(from[0]) << 24U | std::to_integer<std::uint32_t>(from[1]) << 16U |
           std::to_integer<std::uint32_t>(from[2]) << 8U | std::to_integer<std::uint32_t>(from[3]);
}

inline void sha256_block(sha256_state& state, const std::byte* block) noexcept
{
    std::array<std::uint32_t, 64> w;
    for (std::size_t i = 0; i < 16; ++i)
        w[i] = load_high_first(block + 4 * i);
    for (std::size_t i = 16; i < w.size(); ++i) {
        const std::uint32_t early = w[i - 15];
        const std::uint32_t late = w[i - 2];
        w[i] = w[i - 16] + (std::rotr(early, 7) ^ std::rotr(early, 18) ^ early >> 3U) + w[i - 7] +
               (std::rotr(late, 17) ^ std::rotr(late, 19) ^ late >> 10U);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < w.size(); ++i) {
        const std::uint32_t one = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                  ((e & f) ^ (~e & g)) + sha256_constants[i] + w[i];
        const std::uint32_t two =
            (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + one;
        d = c;
        c = b;
        b = a;
        a = one + two;
    }
    const sha256_state worked{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state.size(); ++i)
        state[i] += worked[i];
}

STET_INLINE void sha256_plain(sha256_state& state, const std::byte* blocks, std::size_t count) noexcept
{
    for (std::size_t i = 0; i < count; ++i)
        sha256_block(state, blocks + i * sha256_block_size);
}

#if defined(STET_SHA256_X86)

#if defined(__GNUC__)
#define STET_SHA256_TARGET __attribute__((__target__("sha,sse4.1,ssse3")))
#define STET_SHA256_STEP STET_SHA256_TARGET __attribute__((__always_inline__)) inline
#else
#define STET_SHA256_TARGET
#define STET_SHA256_STEP inline
#endif

/// Four words of the block, or of the constants.
STET_SHA256_STEP __m128i sha256_load(const void* from) noexcept
{
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// Four rounds.
STET_SHA256_STEP void sha256_rounds(__m128i& abef, __m128i& cdgh, __m128i words,
                                    const std::uint32_t* constants) noexcept
{
    const __m128i added = _mm_add_epi32(words, sha256_load(constants));
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, added);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(added, 0x0E));
}

/// The four words that come sixteen after the first of these.
STET_SHA256_STEP __m128i sha256_words(__m128i first, __m128i second, __m128i third, __m128i fourth) noexcept
{
    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8(fourth, third, 4));
    return _mm_sha256msg2_epu32(sum, fourth);
}

STET_SHA256_TARGET inline void sha256_x86(sha256_state& state, const std::byte* blocks,
                                          std::size_t count) noexcept
{
    const __m128i reversed = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
    const __m128i badc = _mm_shuffle_epi32(sha256_load(state.data()), 0xB1);
    const __m128i efgh = _mm_shuffle_epi32(sha256_load(state.data() + 4), 0x1B);
    __m128i       abef = _mm_alignr_epi8(badc, efgh, 8);
    __m128i       cdgh = _mm_blend_epi16(efgh, badc, 0xF0);
    for (; count != 0; --count, blocks += sha256_block_size) {
        const __m128i        abef_before = abef;
        const __m128i        cdgh_before = cdgh;
        __m128i              a = _mm_shuffle_epi8(sha256_load(blocks), reversed);
        __m128i              b = _mm_shuffle_epi8(sha256_load(blocks + 16), reversed);
        __m128i              c = _mm_shuffle_epi8(sha256_load(blocks + 32), reversed);
        __m128i              d = _mm_shuffle_epi8(sha256_load(blocks + 48), reversed);
        const std::uint32_t* constants = sha256_constants.data();
        for (int turn = 0; turn < 3; ++turn, constants += 16) {
            sha256_rounds(abef, cdgh, a, constants);
            a = sha256_words(a, b, c, d);
            sha256_rounds(abef, cdgh, b, constants + 4);
            b = sha256_words(b, c, d, a);
            sha256_rounds(abef, cdgh, c, constants + 8);
            c = sha256_words(c, d, a, b);
            sha256_rounds(abef, cdgh, d, constants + 12);
            d = sha256_words(d, a, b, c);
        }
        sha256_rounds(abef, cdgh, a, constants);
        sha256_rounds(abef, cdgh, b, constants + 4);
        sha256_rounds(abef, cdgh, c, constants + 8);
        sha256_rounds(abef, cdgh, d, constants + 12);
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    auto* const   to = static_cast<__m128i*>(static_cast<void*>(state.data()));
    _mm_storeu_si128(to, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(to + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#undef STET_SHA256_TARGET
#undef STET_SHA256_STEP
#undef STET_SHA256_X86

STET_INLINE sha256_function sha256_native() noexcept
{
    const processor_features& has = processor();
    return has.sha && has.sse41 && has.ssse3 ? sha256_x86 : nullptr;
}

#elif defined(STET_SHA256_ARM)

#if defined(__ARM_FEATURE_SHA2)
#define STET_SHA256_TARGET
#elif defined(__clang__)
#define STET_SHA256_TARGET __attribute__((__target__("sha2")))
#else
#define STET_SHA256_TARGET __attribute__((__target__("+crypto")))
#endif
#define STET_SHA256_STEP STET_SHA256_TARGET __attribute__((__always_inline__)) inline

/// Four words of the block, the first byte of each highest.
STET_SHA256_STEP uint32x4_t sha256_load(const std::byte* from) noexcept
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(reinterpret_cast<const std::uint8_t*>(from))));
}

/// Four rounds.
STET_SHA256_STEP void sha256_rounds(uint32x4_t& abcd, uint32x4_t& efgh, uint32x4_t words,
                                    const std::uint32_t* constants) noexcept
{
    const uint32x4_t added = vaddq_u32(words, vld1q_u32(constants));
    const uint32x4_t before = abcd;
    abcd = vsha256hq_u32(abcd, efgh, added);
    efgh = vsha256h2q_u32(efgh, before, added);
}

/// The four words that come sixteen after the first of these.
STET_SHA256_STEP uint32x4_t sha256_words(uint32x4_t first, uint32x4_t second, uint32x4_t third,
                                         uint32x4_t fourth) noexcept
{
    return vsha256su1q_u32(vsha256su0q_u32(first, second), third, fourth);
}

STET_SHA256_TARGET inline void sha256_arm(sha256_state& state, const std::byte* blocks,
                                          std::size_t count) noexcept
{
    uint32x4_t abcd = vld1q_u32(state.data());
    uint32x4_t efgh = vld1q_u32(state.data() + 4);
    for (; count != 0; --count, blocks += sha256_block_size) {
        const uint32x4_t     abcd_before = abcd;
        const uint32x4_t     efgh_before = efgh;
        uint32x4_t           a = sha256_load(blocks);
        uint32x4_t           b = sha256_load(blocks + 16);
        uint32x4_t           c = sha256_load(blocks + 32);
        uint32x4_t           d = sha256_load(blocks + 48);
        const std::uint32_t* constants = sha256_constants.data();
        for (int turn = 0; turn < 3; ++turn, constants += 16) {
            sha256_rounds(abcd, efgh, a, constants);
            a = sha256_words(a, b, c, d);
            sha256_rounds(abcd, efgh, b, constants + 4);
            b = sha256_words(b, c, d, a);
            sha256_rounds(abcd, efgh, c, constants + 8);
            c = sha256_words(c, d, a, b);
            sha256_rounds(abcd, efgh, d, constants + 12);
            d = sha256_words(d, a, b, c);
        }
        sha256_rounds(abcd, efgh, a, constants);
        sha256_rounds(abcd, efgh, b, constants + 4);
        sha256_rounds(abcd, efgh, c, constants + 8);
        sha256_rounds(abcd, efgh, d, constants + 12);
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state.data(), abcd);
    vst1q_u32(state.data() + 4, efgh);
}

#undef STET_SHA256_TARGET
#undef STET_SHA256_STEP
#undef STET_SHA256_ARM

STET_INLINE sha256_function sha256_native() noexcept
{
    return processor().arm_sha2 ? sha256_arm : nullptr;
}

#else

STET_INLINE sha256_function sha256_native() noexcept
{
    return nullptr;
}

#endif

STET_INLINE sha256_function sha256_compression() noexcept
{
    const sha256_function native = sha256_native();
    return native != nullptr ? native : sha256_plain;
}

} // namespace STET_NAMESPACE::detail
