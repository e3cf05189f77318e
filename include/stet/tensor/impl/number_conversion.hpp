// SPDX-License-Identifier: MIT
// Elements of a file as C++ numbers, of one dtype and type at a time.
#ifndef STET_TENSOR_IMPL_NUMBER_CONVERSION_HPP
#define STET_TENSOR_IMPL_NUMBER_CONVERSION_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../../vocabulary/result.hpp"
#include "../dtype.hpp"
#include "../half.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE::detail {

enum class element_kind : std::uint8_t { none, boolean, integer, floating };

/// What elements of that dtype are, where they are numbers of whole bytes.
constexpr element_kind kind_of(dtype type) noexcept
{
    switch (type) {
    case dtype::boolean:
        return element_kind::boolean;
    case dtype::u8:
    case dtype::i8:
    case dtype::u16:
    case dtype::i16:
    case dtype::u32:
    case dtype::i32:
    case dtype::u64:
    case dtype::i64:
        return element_kind::integer;
    case dtype::f8_e5m2:
    case dtype::f8_e4m3:
    case dtype::f8_e8m0:
    case dtype::f8_e4m3fnuz:
    case dtype::f8_e5m2fnuz:
    case dtype::f16:
    case dtype::bf16:
    case dtype::f32:
    case dtype::f64:
        return element_kind::floating;
    case dtype::f4:
    case dtype::f6_e2m3:
    case dtype::f6_e3m2:
    case dtype::c64:
        break;
    }
    return element_kind::none;
}

template <std::size_t Size>
using unsigned_of =
    std::conditional_t<Size == 1, std::uint8_t,
                       std::conditional_t<Size == 2, std::uint16_t,
                                          std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>>;

/// A scalar that lies in a file, at any address.
template <class Scalar>
Scalar load_scalar(const std::byte* from) noexcept
{
    return std::bit_cast<Scalar>(static_cast<unsigned_of<sizeof(Scalar)>>(load_word(from, sizeof(Scalar))));
}

/// An element of that dtype as the C++ number that holds all its values: float, double, bool or an integer.
template <dtype Type>
auto load_element(const std::byte* from) noexcept
{
    if constexpr (Type == dtype::boolean)
        return std::to_integer<unsigned>(*from) != 0;
    else if constexpr (Type == dtype::f64)
        return load_scalar<double>(from);
    else if constexpr (Type == dtype::f32)
        return load_scalar<float>(from);
    else if constexpr (Type == dtype::f16)
        return float_from_f16(load_scalar<std::uint16_t>(from));
    else if constexpr (Type == dtype::bf16)
        return float_from_bf16(load_scalar<std::uint16_t>(from));
    else if constexpr (kind_of(Type) == element_kind::floating)
        return float_from_f8(Type, std::to_integer<std::uint8_t>(*from));
    else if constexpr (Type == dtype::i8)
        return load_scalar<std::int8_t>(from);
    else if constexpr (Type == dtype::i16)
        return load_scalar<std::int16_t>(from);
    else if constexpr (Type == dtype::i32)
        return load_scalar<std::int32_t>(from);
    else if constexpr (Type == dtype::i64)
        return load_scalar<std::int64_t>(from);
    else
        return load_scalar<unsigned_of<element_size(Type)>>(from);
}

/// Whether a type of floating numbers holds the integer: whether it has no more than its digits from its highest bit
/// that is set down to its lowest.
template <std::floating_point Number, std::integral Integer>
constexpr bool is_held(Integer value) noexcept
{
    using word = std::make_unsigned_t<Integer>;
    const auto     bits = static_cast<word>(value);
    const auto     magnitude = static_cast<word>(value < 0 ? word{0} - bits : bits);
    constexpr auto digits = std::numeric_limits<Number>::digits;
    return magnitude == 0 ||
           static_cast<int>(std::bit_width(magnitude)) - std::countr_zero(magnitude) <= digits;
}

template <std::integral Number, std::integral Integer>
constexpr bool is_held(Integer value) noexcept
{
    if constexpr (std::same_as<Number, bool>)
        return value == 0 || value == 1;
    else if constexpr (std::is_signed_v<Integer>)
        return value < 0 ? std::is_signed_v<Number> &&
                               static_cast<std::int64_t>(value) >=
                                   static_cast<std::int64_t>((std::numeric_limits<Number>::min)())
                         : static_cast<std::uint64_t>(value) <=
                               static_cast<std::uint64_t>((std::numeric_limits<Number>::max)());
    else
        return value <= static_cast<std::uint64_t>((std::numeric_limits<Number>::max)());
}

/// Converts elements that lie side by side. Returns how many there were before the first whose value is not held.
template <class Number>
using conversion = std::size_t (*)(const std::byte* from, std::size_t count, Number* to);

template <dtype Type, class Number>
std::size_t convert_run(const std::byte* from, std::size_t count, Number* to) noexcept
{
    constexpr std::size_t width = element_size(Type);
    for (std::size_t i = 0; i < count; ++i) {
        const auto element = load_element<Type>(from + i * width);
        if constexpr (kind_of(Type) == element_kind::integer) {
            if (!is_held<Number>(element))
                return i;
        }
        to[i] = static_cast<Number>(element);
    }
    return count;
}

/// Scalars of the dtype asked for, whatever they are, as they lie in a file.
template <class Scalar>
std::size_t copy_run(const std::byte* from, std::size_t count, Scalar* to) noexcept
{
    if (count != 0)
        std::memcpy(to, from, count * sizeof(Scalar));
    if constexpr (std::endian::native == std::endian::big) {
        constexpr std::size_t width = dtype_of<Scalar> == dtype::c64 ? 4 : sizeof(Scalar);
        auto* const           raw = reinterpret_cast<std::byte*>(to);
        for (std::size_t at = 0; at < count * sizeof(Scalar); at += width) {
            for (std::size_t i = 0; i < width / 2; ++i) {
                const std::byte kept = raw[at + i];
                raw[at + i] = raw[at + width - 1 - i];
                raw[at + width - 1 - i] = kept;
            }
        }
    }
    return count;
}

template <dtype Type, class Number>
constexpr conversion<Number> conversion_of() noexcept
{
    constexpr bool takes_reals = std::floating_point<Number>;
    constexpr bool takes_integers = takes_reals || (std::integral<Number> && !character<Number>);
    // A boolean is any byte that is not 0, so it is never copied as a bool.
    if constexpr (Type == dtype_of<Number> && Type != dtype::boolean)
        return copy_run<Number>;
    else if constexpr (kind_of(Type) == element_kind::floating && takes_reals)
        return convert_run<Type, Number>;
    else if constexpr (kind_of(Type) != element_kind::floating && kind_of(Type) != element_kind::none &&
                       takes_integers)
        return convert_run<Type, Number>;
    else
        return nullptr;
}

/// By dtype; null where its elements are not read as such numbers.
template <class Number>
inline constexpr std::array<conversion<Number>, dtype_count> conversions =
    []<std::size_t... Index>(std::index_sequence<Index...>) {
        return std::array<conversion<Number>, dtype_count>{
            conversion_of<static_cast<dtype>(Index), Number>()...};
    }(std::make_index_sequence<dtype_count>{});

/// not_convertible
error conversion_error(dtype from, dtype to) noexcept;

/// value_does_not_fit, of the integer element that lies at `from`.
error unfit_error(dtype type, const std::byte* from, std::uint64_t index, dtype to) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "number_conversion.ipp"
#endif

#endif
