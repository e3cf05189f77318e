// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/processor.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "cast_runs.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define STET_WITH_AVX2 [[gnu::target("avx2")]]
#endif

namespace STET_NAMESPACE::detail {

/// One cast, by the wider format's words.
template <float_format From, float_format To>
struct element_cast {
    static constexpr bool narrows = From.width > To.width;
    static constexpr int  wider = narrows ? From.width : To.width;
    using word = std::conditional_t<wider == 64, std::int64_t, std::int32_t>;

    template <class Lanes>
    STET_ALWAYS_INLINE static constexpr void make(const Lanes& from, Lanes& to) noexcept
    {
        if constexpr (narrows)
            narrow<From, To, word>(from, to);
        else
            widen<From, To, word>(from, to);
    }

    /// The first magnitude, of the wider format, that is too large for the other, and the first that is not finite.
    static constexpr word first_not_finite = [] {
        if constexpr (narrows)
            return format_codes<From, word>::infinity;
        else
            return format_codes<To, word>::infinity;
    }();
    static constexpr word first_beyond = [] {
        if constexpr (narrows)
            return narrowing<From, To, word>::first_beyond;
        else
            return first_not_finite;
    }();
    static constexpr word magnitudes = [] {
        if constexpr (narrows)
            return format_codes<From, word>::magnitudes;
        else
            return format_codes<To, word>::magnitudes;
    }();
};

template <float_format From, float_format To>
void run_plain(const std::byte* from, std::size_t count, std::byte* to, cast_tally& tally) noexcept
{
    using cast = element_cast<From, To>;
    using word = typename cast::word;
    constexpr std::size_t from_width = From.width / 8, to_width = To.width / 8;
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = static_cast<word>(load_word(from + i * from_width, from_width));
        word       made = 0;
        cast::make(code, made);
        const word magnitude = (cast::narrows ? code : made) & cast::magnitudes;
        tally.beyond += magnitude >= cast::first_beyond && magnitude < cast::first_not_finite ? 1U : 0U;
        tally.not_finite += magnitude >= cast::first_not_finite ? 1U : 0U;
        const std::uint64_t stored = little_endian(static_cast<std::uint64_t>(made));
        std::memcpy(to + i * to_width, &stored, to_width);
    }
}

#if defined(__GNUC__)

template <int Width>
using code_of =
    std::conditional_t<Width == 8, std::uint8_t,
                       std::conditional_t<Width == 16, std::uint16_t,
                                          std::conditional_t<Width == 32, std::uint32_t, std::uint64_t>>>;

template <float_format From, float_format To, std::size_t Size>
STET_ALWAYS_INLINE void run_vectors(const std::byte* from, std::size_t count, std::byte* to,
                                    cast_tally& tally) noexcept
{
    using cast = element_cast<From, To>;
    using word = typename cast::word;
    using words = vector_of<word, Size>;
    constexpr std::size_t at_once = Size / sizeof(word);
    constexpr std::size_t from_width = From.width / 8, to_width = To.width / 8;
    using steps_of_16 = vector_of<std::uint16_t, at_once * 2>;
    constexpr words zero{};
    words           beyond{}, not_finite{};
    std::size_t     done = 0;
    for (; done + at_once <= count; done += at_once) {
        vector_of<code_of<From.width>, at_once * from_width> codes;
        vector_of<code_of<To.width>, at_once * to_width>     results;
        std::memcpy(&codes, from + done * from_width, sizeof codes);
        words wide;
        if constexpr (From.width == 8) // in two steps: g++ knows no better way
            wide = __builtin_convertvector(__builtin_convertvector(codes, steps_of_16), words);
        else
            wide = __builtin_convertvector(codes, words);
        words made{};
        cast::make(wide, made);
        const words magnitude = (cast::narrows ? wide : made) & cast::magnitudes;
        beyond -= magnitude > zero + (cast::first_beyond - 1);
        not_finite -= magnitude > zero + (cast::first_not_finite - 1);
        if constexpr (To.width == 8)
            results = __builtin_convertvector(__builtin_convertvector(made, steps_of_16), decltype(results));
        else
            results = __builtin_convertvector(made, decltype(results));
        std::memcpy(to + done * to_width, &results, sizeof results);
    }
    for (std::size_t i = 0; i < at_once; ++i) {
        tally.beyond += static_cast<std::uint64_t>(beyond[i] - not_finite[i]);
        tally.not_finite += static_cast<std::uint64_t>(not_finite[i]);
    }
    run_plain<From, To>(from + done * from_width, count - done, to + done * to_width, tally);
}

template <float_format From, float_format To>
void run_16(const std::byte* from, std::size_t count, std::byte* to, cast_tally& tally) noexcept
{
    run_vectors<From, To, 16>(from, count, to, tally);
}

#endif

#if defined(STET_WITH_AVX2)

template <float_format From, float_format To>
STET_WITH_AVX2 void run_32(const std::byte* from, std::size_t count, std::byte* to,
                           cast_tally& tally) noexcept
{
    run_vectors<From, To, 32>(from, count, to, tally);
}

#endif

template <float_format From, float_format To>
cast_run run_of(cast_way way) noexcept
{
#if defined(STET_WITH_AVX2)
    if (way == cast_way::vectors_of_32)
        return run_32<From, To>;
    constexpr bool has_long_vectors = false; // SSE2 compares no words of 64 bits
#else
    constexpr bool has_long_vectors = true;
#endif
#if defined(__GNUC__)
    if constexpr (std::endian::native == std::endian::little &&
                  (has_long_vectors || sizeof(typename element_cast<From, To>::word) == 4))
    {
        if (way != cast_way::plain)
            return run_16<From, To>;
    }
#endif
    return run_plain<From, To>;
}

STET_INLINE cast_way best_cast_way() noexcept
{
    return processor().avx2 ? cast_way::vectors_of_32 : cast_way::vectors_of_16;
}

template <bool ToF32, float_format Other>
cast_run run_with_f32(cast_way way) noexcept
{
    if constexpr (ToF32)
        return run_of<Other, f32_format>(way);
    else
        return run_of<f32_format, Other>(way);
}

template <bool ToF32>
cast_run run_with_f32(dtype other, casts::too_large beyond, cast_way way) noexcept
{
    if (other == dtype::f64)
        return run_with_f32<ToF32, f64_format>(way);
    if (other == dtype::f16)
        return run_with_f32<ToF32, f16_format>(way);
    if (other == dtype::bf16)
        return run_with_f32<ToF32, bf16_format>(way);
    if (other == dtype::f8_e5m2)
        return run_with_f32<ToF32, f8_e5m2_format>(way);
    if (other == dtype::f8_e4m3 && beyond == casts::too_large::saturates)
        return run_with_f32<ToF32, f8_e4m3_format>(way);
    if (other == dtype::f8_e4m3)
        return run_with_f32<ToF32, f8_e4m3_nan_format>(way);
    if (other == dtype::f8_e4m3fnuz)
        return run_with_f32<ToF32, f8_e4m3fnuz_format>(way);
    if (other == dtype::f8_e5m2fnuz)
        return run_with_f32<ToF32, f8_e5m2fnuz_format>(way);
    return nullptr;
}

STET_INLINE cast_run run_to_f32(dtype from, cast_way way) noexcept
{
    return run_with_f32<true>(from, casts::too_large::saturates, way);
}

STET_INLINE cast_run run_from_f32(dtype to, casts::too_large beyond, cast_way way) noexcept
{
    return run_with_f32<false>(to, beyond, way);
}

STET_INLINE element_caster::element_caster(dtype from, dtype to, casts::too_large beyond,
                                           cast_way way) noexcept
    : from_width_(element_size(from)), to_width_(element_size(to))
{
    if (from == to)
        return;
    if (from != dtype::f32)
        first_ = run_to_f32(from, way);
    if (to != dtype::f32)
        (first_ == nullptr ? first_ : second_) = run_from_f32(to, beyond, way);
}

STET_INLINE cast_tally element_caster::cast(const std::byte* from, std::size_t count,
                                            std::byte* to) const noexcept
{
    cast_tally tally;
    if (first_ == nullptr && count != 0)
        std::memcpy(to, from, count * to_width_);
    for (std::size_t done = 0; first_ != nullptr && done < count; done += most_cast) {
        const std::size_t      now = count - done < most_cast ? count - done : most_cast;
        const std::byte* const source = from + done * from_width_;
        std::byte* const       target = to + done * to_width_;
        if (second_ == nullptr) {
            first_(source, now, target, tally);
            continue;
        }
        alignas(64) std::array<std::byte, most_cast * 4> floats;
        cast_tally                                       to_floats;
        first_(source, now, floats.data(), to_floats);
        second_(floats.data(), now, target, tally);
        // What became an infinity on the way was none before.
        tally.beyond += to_floats.beyond;
        tally.not_finite -= to_floats.beyond;
    }
    return tally;
}

} // namespace STET_NAMESPACE::detail

#undef STET_WITH_AVX2
