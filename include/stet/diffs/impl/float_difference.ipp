// SPDX-License-Identifier: MIT
#include "../../tensor/half.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../diff.hpp"
#include "float_difference.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define STET_DETAIL_HAS_SSE2
#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>
#define STET_DETAIL_HAS_F16C
#endif
#endif

namespace STET_NAMESPACE::detail {

/// One pair of numbers.
STET_INLINE void add_pair(double one, double other, diffs::difference& apart) noexcept
{
    const bool one_is_nan = !(one <= one);
    const bool other_is_nan = !(other <= other);
    if (one_is_nan || other_is_nan ? one_is_nan && other_is_nan : !(one < other) && !(one > other))
        return;
    ++apart.differing;
    const double     distance = one < other ? other - one : one - other;
    constexpr double largest = 0x1.fffffffffffffp1023;
    if (one_is_nan || other_is_nan || distance > largest) {
        ++apart.infinite;
        return;
    }
    apart.largest = distance > apart.largest ? distance : apart.largest;
    apart.sum += distance;
}

/// The floats of one dtype.
struct f32_floats {
    using word = std::uint32_t;
    static constexpr float value(word stored) noexcept { return std::bit_cast<float>(stored); }
};
struct bf16_floats {
    using word = std::uint16_t;
    static constexpr float value(word stored) noexcept { return float_from_bf16(stored); }
};
struct f16_floats {
    using word = std::uint16_t;
    static constexpr float value(word stored) noexcept { return float_from_f16(stored); }
};

/// One pair after the other.
template <class Floats>
void add_pairs(const std::byte* first, const std::byte* second, std::size_t count,
               diffs::difference& apart) noexcept
{
    using word = typename Floats::word;
    for (std::size_t i = 0; i < count; ++i) {
        const auto one = static_cast<word>(load_word(first + i * sizeof(word), sizeof(word)));
        const auto other = static_cast<word>(load_word(second + i * sizeof(word), sizeof(word)));
        add_pair(static_cast<double>(Floats::value(one)), static_cast<double>(Floats::value(other)), apart);
    }
}

#if defined(STET_DETAIL_HAS_SSE2)

/// Eight floats, as four and four.
struct eight_floats {
    __m128 low;
    __m128 high;
};

inline __m128i load_eight_words(const std::byte* from) noexcept
{
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(static_cast<const void*>(from)));
}

inline eight_floats load_eight(const std::byte* from, f32_floats) noexcept
{
    return {.low = _mm_castsi128_ps(load_eight_words(from)),
            .high = _mm_castsi128_ps(load_eight_words(from + 16))};
}

inline eight_floats load_eight(const std::byte* from, bf16_floats) noexcept
{
    const __m128i words = load_eight_words(from);
    return {.low = _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), words)),
            .high = _mm_castsi128_ps(_mm_unpackhi_epi16(_mm_setzero_si128(), words))};
}

/// Four F16 in four words of 32 bits. Those below normal are made by a subtraction that is exact, and not by a product,
/// which a program that flushes small numbers to zero would lose.
inline __m128 floats_from_f16(__m128i halves) noexcept
{
    constexpr int rebased = 112 << 23; // the difference of the exponents' biases
    const __m128i shifted = _mm_slli_epi32(_mm_and_si128(halves, _mm_set1_epi32(0x7FFF)), 13);
    const __m128i sign = _mm_slli_epi32(_mm_and_si128(halves, _mm_set1_epi32(0x8000)), 16);
    const __m128i is_infinite = _mm_cmpgt_epi32(shifted, _mm_set1_epi32(0x0F7FFFFF));
    const __m128i is_below = _mm_cmplt_epi32(shifted, _mm_set1_epi32(0x00800000));
    const __m128i base = _mm_add_epi32(shifted, _mm_set1_epi32(rebased));
    const __m128i normal = _mm_add_epi32(base, _mm_and_si128(is_infinite, _mm_set1_epi32(rebased)));
    const __m128i raised = _mm_add_epi32(base, _mm_set1_epi32(0x00800000));
    const __m128i below = _mm_castps_si128(_mm_sub_ps(_mm_castsi128_ps(raised), _mm_set1_ps(0x1p-14F)));
    const __m128i magnitude =
        _mm_or_si128(_mm_and_si128(is_below, below), _mm_andnot_si128(is_below, normal));
    return _mm_castsi128_ps(_mm_or_si128(sign, magnitude));
}

inline eight_floats load_eight(const std::byte* from, f16_floats) noexcept
{
    const __m128i words = load_eight_words(from);
    return {.low = floats_from_f16(_mm_unpacklo_epi16(words, _mm_setzero_si128())),
            .high = floats_from_f16(_mm_unpackhi_epi16(words, _mm_setzero_si128()))};
}

/// Sums over many pairs of floats, whose differences are rounded to floats.
class float_sums {
public:
    /// Adds eight pairs. False when a difference is no finite float; nothing is added then.
    bool add(const eight_floats& one, const eight_floats& other) noexcept
    {
        const __m128  magnitude = _mm_castsi128_ps(_mm_set1_epi32(0x7FFFFFFF));
        const __m128  low = _mm_and_ps(_mm_sub_ps(one.low, other.low), magnitude);
        const __m128  high = _mm_and_ps(_mm_sub_ps(one.high, other.high), magnitude);
        const __m128i step = _mm_set1_epi32(0x00800000); // takes an exponent of all ones to the sign's bit
        const __m128i beyond = _mm_or_si128(_mm_add_epi32(_mm_castps_si128(low), step),
                                            _mm_add_epi32(_mm_castps_si128(high), step));
        if (_mm_movemask_ps(_mm_castsi128_ps(beyond)) != 0)
            return false;
        largest_ = _mm_max_ps(largest_, _mm_max_ps(low, high));
        differing_ = _mm_sub_epi32(differing_, _mm_castps_si128(_mm_cmpneq_ps(one.low, other.low)));
        differing_ = _mm_sub_epi32(differing_, _mm_castps_si128(_mm_cmpneq_ps(one.high, other.high)));
        sums_[0] = _mm_add_pd(sums_[0], _mm_cvtps_pd(low));
        sums_[1] = _mm_add_pd(sums_[1], _mm_cvtps_pd(_mm_movehl_ps(low, low)));
        sums_[2] = _mm_add_pd(sums_[2], _mm_cvtps_pd(high));
        sums_[3] = _mm_add_pd(sums_[3], _mm_cvtps_pd(_mm_movehl_ps(high, high)));
        return true;
    }

    void add_to(diffs::difference& apart) const noexcept
    {
        std::array<double, 8>        sums{};
        std::array<float, 4>         largest{};
        std::array<std::uint32_t, 4> differing{};
        std::memcpy(sums.data(), &sums_, sizeof sums);
        std::memcpy(largest.data(), &largest_, sizeof largest);
        std::memcpy(differing.data(), &differing_, sizeof differing);
        for (const double each : sums)
            apart.sum += each;
        for (const float each : largest)
            apart.largest =
                static_cast<double>(each) > apart.largest ? static_cast<double>(each) : apart.largest;
        for (const std::uint32_t each : differing)
            apart.differing += each;
    }

private:
    __m128d sums_[4] = {_mm_setzero_pd(), _mm_setzero_pd(), _mm_setzero_pd(), _mm_setzero_pd()};
    __m128  largest_ = _mm_setzero_ps();
    __m128i differing_ = _mm_setzero_si128();
};

#if defined(__GNUC__)
#define STET_DETAIL_ALWAYS_INLINE [[gnu::__always_inline__]]
#else
#define STET_DETAIL_ALWAYS_INLINE
#endif

/// Eight pairs at a time.
/// load: how they are loaded, from an address
template <class Floats, class Load>
STET_DETAIL_ALWAYS_INLINE inline void add_eights(const std::byte* first, const std::byte* second,
                                                 std::size_t count, diffs::difference& apart,
                                                 Load load) noexcept
{
    constexpr std::size_t width = 8;
    constexpr std::size_t most = std::size_t{1} << 30U; // so that no count of 32 bits wraps around
    while (count >= width) {
        const std::size_t portion = (count < most ? count : most) / width * width;
        float_sums        sums;
        for (std::size_t at = 0; at < portion; at += width) {
            const std::byte* const one = first + at * sizeof(typename Floats::word);
            const std::byte* const other = second + at * sizeof(typename Floats::word);
            if (!sums.add(load(one), load(other)))
                add_pairs<Floats>(one, other, width, apart);
        }
        sums.add_to(apart);
        first += portion * sizeof(typename Floats::word);
        second += portion * sizeof(typename Floats::word);
        count -= portion;
    }
    add_pairs<Floats>(first, second, count, apart);
}

template <class Floats>
void add_floats_of(const std::byte* first, const std::byte* second, std::size_t count,
                   diffs::difference& apart) noexcept
{
    add_eights<Floats>(first, second, count, apart,
                       [](const std::byte* from) { return load_eight(from, Floats{}); });
}

#if defined(STET_DETAIL_HAS_F16C)

struct loaded_by_f16c {
    [[gnu::__target__("avx2,f16c")]] eight_floats operator()(const std::byte* from) const noexcept
    {
        const __m128i words = load_eight_words(from);
        return {.low = _mm_cvtph_ps(words), .high = _mm_cvtph_ps(_mm_srli_si128(words, 8))};
    }
};

/// By the instructions of processors since 2013.
[[gnu::__target__("avx2,f16c")]] inline void add_by_f16c(const std::byte* first, const std::byte* second,
                                                         std::size_t count, diffs::difference& apart) noexcept
{
    add_eights<f16_floats>(first, second, count, apart, loaded_by_f16c{});
}

#endif

#undef STET_DETAIL_ALWAYS_INLINE

#else

template <class Floats>
void add_floats_of(const std::byte* first, const std::byte* second, std::size_t count,
                   diffs::difference& apart) noexcept
{
    add_pairs<Floats>(first, second, count, apart);
}

#endif

STET_INLINE bool add_floats(dtype type, std::span<const std::byte> first, std::span<const std::byte> second,
                            diffs::difference& apart, [[maybe_unused]] bool newest) noexcept
{
#if defined(STET_DETAIL_HAS_F16C)
    if (type == dtype::f16 && newest && __builtin_cpu_supports("avx2"))
    { // there is none that has it without F16C
        add_by_f16c(first.data(), second.data(), first.size() / 2, apart);
        return true;
    }
#endif
    if (type == dtype::f32)
        add_floats_of<f32_floats>(first.data(), second.data(), first.size() / 4, apart);
    else if (type == dtype::f16)
        add_floats_of<f16_floats>(first.data(), second.data(), first.size() / 2, apart);
    else if (type == dtype::bf16)
        add_floats_of<bf16_floats>(first.data(), second.data(), first.size() / 2, apart);
    else
        return false;
    return true;
}

} // namespace STET_NAMESPACE::detail

#undef STET_DETAIL_HAS_SSE2
#undef STET_DETAIL_HAS_F16C
