// SPDX-License-Identifier: MIT
// How one floating type becomes another: the rule is written once, for a number and for several side by side.
#ifndef STET_TENSOR_IMPL_FLOAT_RULES_HPP
#define STET_TENSOR_IMPL_FLOAT_RULES_HPP

#include "../../vocabulary/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#if defined(__GNUC__) // and clang
#define STET_ALWAYS_INLINE [[gnu::always_inline]] inline
#else
#define STET_ALWAYS_INLINE inline
#endif

namespace STET_NAMESPACE::detail {

/// What the codes stand for that are no finite numbers.
enum class special_codes : std::uint8_t {
    ieee,                   ///< the last exponent is for infinity and NaN
    last_is_nan,            ///< one NaN, the last code; what is too large becomes the largest number
    last_is_nan_and_beyond, ///< the same codes; what is too large becomes the NaN
    minus_zero_is_nan,      ///< one NaN, where -0 would be; what is too large becomes it
};

/// A sign, an exponent and a fraction, from the highest bit down.
struct float_format {
    int           width;
    int           fraction; ///< its bits
    int           bias;     ///< of the exponent
    special_codes special;
};

inline constexpr float_format f64_format{64, 52, 1023, special_codes::ieee};
inline constexpr float_format f32_format{32, 23, 127, special_codes::ieee};
inline constexpr float_format f16_format{16, 10, 15, special_codes::ieee};
inline constexpr float_format bf16_format{16, 7, 127, special_codes::ieee};
inline constexpr float_format f8_e5m2_format{8, 2, 15, special_codes::ieee};
inline constexpr float_format f8_e4m3_format{8, 3, 7, special_codes::last_is_nan};
inline constexpr float_format f8_e4m3_nan_format{8, 3, 7, special_codes::last_is_nan_and_beyond};
inline constexpr float_format f8_e4m3fnuz_format{8, 3, 8, special_codes::minus_zero_is_nan};
inline constexpr float_format f8_e5m2fnuz_format{8, 2, 16, special_codes::minus_zero_is_nan};

/// The codes of a format, in the word that holds those of the wider one. Magnitudes are codes without the sign.
template <float_format Format, class Word>
struct format_codes {
    static constexpr Word sign = static_cast<Word>(std::make_unsigned_t<Word>{1} << (Format.width - 1));
    static constexpr Word magnitudes =
        static_cast<Word>((std::make_unsigned_t<Word>{1} << (Format.width - 1)) - 1);
    static constexpr Word infinity = // of those that have one
        static_cast<Word>(magnitudes >> Format.fraction << Format.fraction);
    static constexpr Word nan = // the one that is written: quiet, and of 8 bits the last
        Format.special == special_codes::minus_zero_is_nan ? sign
        : Format.width == 8                                ? magnitudes
                                                           : infinity | Word{1} << (Format.fraction - 1);
    static constexpr Word largest = Format.special == special_codes::ieee                ? infinity - 1
                                    : Format.special == special_codes::minus_zero_is_nan ? magnitudes
                                                                                         : magnitudes - 1;
};

/// What narrowing needs to know, as magnitudes of the wider format.
template <float_format From, float_format To, class Word>
struct narrowing {
    static constexpr int  shift = From.fraction - To.fraction;
    static constexpr Word one_step = Word{1} << shift; ///< from one narrow number to the next
    static constexpr Word rebias = Word{From.bias - To.bias} << From.fraction;
    /// The first one that is too large: a tie goes to the even code.
    static constexpr Word first_beyond = (format_codes<To, Word>::largest << shift) + rebias + one_step / 2 +
                                         (format_codes<To, Word>::largest % 2 == 0 ? 1 : 0);
    /// Rounding these gives what larger ones become, too.
    static constexpr Word last_rounded =
        To.special == special_codes::last_is_nan ? first_beyond - 1 : first_beyond;
    static constexpr Word first_normal = Word{From.bias - To.bias + 1} << From.fraction;
    /// A number one of whose steps is the narrow format's smallest: adding it rounds to such steps.
    static constexpr Word rounds_to_steps = Word{From.bias + From.fraction + 1 - To.bias - To.fraction}
                                            << From.fraction;
};

#if defined(__GNUC__)
/// Numbers that a processor takes at once, of that many bytes together.
template <class Number, std::size_t Size>
using vector_of [[gnu::vector_size(Size)]] = Number;
#endif

/// The sum of two numbers, whose bits these are. Lanes are an integer, or a vector of them. No lanes are returned:
/// how vectors are depends on what the caller may use of the processor.
template <class Lanes>
STET_ALWAYS_INLINE constexpr void add_floats(const Lanes& first, const Lanes& second, Lanes& sum) noexcept
{
    if constexpr (std::is_integral_v<Lanes>) {
        using number = std::conditional_t<sizeof(Lanes) == 4, float, double>;
        sum = std::bit_cast<Lanes>(std::bit_cast<number>(first) + std::bit_cast<number>(second));
    } else {
        using numbers = vector_of<std::conditional_t<sizeof(first[0]) == 4, float, double>, sizeof(Lanes)>;
        sum = reinterpret_cast<Lanes>(reinterpret_cast<numbers>(first) + reinterpret_cast<numbers>(second));
    }
}

/// Rounds to the nearest code of the narrower format, ties to even. A NaN keeps its sign and nothing else.
template <float_format From, float_format To, class Word, class Lanes>
STET_ALWAYS_INLINE constexpr void narrow(const Lanes& bits, Lanes& code) noexcept
{
    using rule = narrowing<From, To, Word>;
    using wide = format_codes<From, Word>;
    using slim = format_codes<To, Word>;
    constexpr Lanes zero{};
    const Lanes     magnitude = bits & wide::magnitudes;
    const Lanes     last = zero + rule::last_rounded;
    const Lanes     bounded = last < magnitude ? last : magnitude;
    const Lanes     odd = bounded >> rule::shift & Word{1};
    Lanes           rounded = (bounded - (rule::rebias - (rule::one_step / 2 - 1)) + odd) >> rule::shift;
    if constexpr (From.bias != To.bias) {
        Lanes stepped = zero + rule::rounds_to_steps;
        add_floats(bounded, stepped, stepped);
        rounded = bounded < zero + rule::first_normal ? stepped - rule::rounds_to_steps : rounded;
    }
    rounded = zero + wide::infinity < magnitude ? zero + slim::nan : rounded;
    Lanes sign = bits >> (From.width - To.width) & slim::sign;
    if constexpr (To.special == special_codes::minus_zero_is_nan)
        sign = rounded == zero ? zero : sign;
    code = rounded | sign;
}

/// The number of a narrower format; exact. A NaN keeps its sign and nothing else, but all where the exponents are the
/// same: BF16 is the first half of F32.
template <float_format From, float_format To, class Word, class Lanes>
STET_ALWAYS_INLINE constexpr void widen(const Lanes& code, Lanes& bits) noexcept
{
    using slim = format_codes<From, Word>;
    using wide = format_codes<To, Word>;
    constexpr int   shift = To.fraction - From.fraction;
    constexpr Word  rebias = Word{To.bias - From.bias} << To.fraction;
    constexpr Word  first_normal = Word{1} << To.fraction; // before the bias is another
    constexpr Lanes zero{};
    const Lanes     magnitude = (code & slim::magnitudes) << shift;
    Lanes           number = magnitude + rebias;
    if constexpr (From.bias != To.bias) {
        // With the exponent of the smallest normal number a fraction is too large by just that number.
        Lanes fraction = magnitude + (rebias + first_normal);
        add_floats(fraction, zero + ((rebias + first_normal) | wide::sign), fraction);
        number = magnitude < zero + first_normal ? fraction : number;
    }
    if constexpr (From.bias == To.bias) {
    } else if constexpr (From.special == special_codes::ieee) {
        constexpr Word infinity = slim::infinity << shift;
        number = magnitude < zero + infinity ? number : zero + wide::infinity;
        number = zero + infinity < magnitude ? zero + wide::nan : number;
    } else if constexpr (From.special != special_codes::minus_zero_is_nan)
        number = magnitude == zero + (slim::nan << shift) ? zero + wide::nan : number;
    number |= (code & slim::sign) << (To.width - From.width);
    if constexpr (From.special == special_codes::minus_zero_is_nan)
        number = code == zero + slim::nan ? zero + wide::nan : number;
    bits = number;
}

/// A float's code in another type.
template <float_format To>
constexpr std::uint32_t code_from_float(float value) noexcept
{
    std::int32_t code = 0;
    narrow<f32_format, To, std::int32_t>(std::bit_cast<std::int32_t>(value), code);
    return static_cast<std::uint32_t>(code);
}

/// What a code of another type stands for.
template <float_format From>
constexpr float float_from_code(std::uint32_t code) noexcept
{
    std::int32_t bits = 0;
    widen<From, f32_format, std::int32_t>(static_cast<std::int32_t>(code), bits);
    return std::bit_cast<float>(bits);
}

} // namespace STET_NAMESPACE::detail

#endif
