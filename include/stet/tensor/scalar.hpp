// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_SCALAR_HPP
#define STET_TENSOR_SCALAR_HPP

#include "dtype.hpp"

#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

template <class Type>
concept character = std::same_as<Type, char> || std::same_as<Type, wchar_t> || std::same_as<Type, char8_t> ||
                    std::same_as<Type, char16_t> || std::same_as<Type, char32_t>;

template <class Type>
concept plain_integer = std::integral<Type> && !std::same_as<Type, bool> && !character<Type>;

/// std::complex<float> and its like, recognised by shape: including <complex> would bring in the streams.
template <class Type>
concept complex_of_float = std::is_class_v<Type> && std::is_trivially_copyable_v<Type> &&
                           sizeof(Type) == 2 * sizeof(float) && requires(const Type& number) {
                               requires std::same_as<typename Type::value_type, float>;
                               {
                                   number.real()
                               } -> std::convertible_to<float>;
                               {
                                   number.imag()
                               } -> std::convertible_to<float>;
                           };

template <plain_integer Integer>
constexpr dtype dtype_of_integer()
{
    constexpr bool is_signed = std::is_signed_v<Integer>;
    if constexpr (sizeof(Integer) == 1)
        return is_signed ? dtype::i8 : dtype::u8;
    else if constexpr (sizeof(Integer) == 2)
        return is_signed ? dtype::i16 : dtype::u16;
    else if constexpr (sizeof(Integer) == 4)
        return is_signed ? dtype::i32 : dtype::u32;
    else
        return is_signed ? dtype::i64 : dtype::u64;
}

} // namespace detail

/// Says which dtype a C++ type's object representation is. Specialise it for a type of your own:
/// `template <> struct stet::scalar_traits<my::half> { static constexpr stet::dtype type = stet::dtype::f16; };`
/// char and wchar_t have none on purpose: their signedness or size differs between machines.
template <class Type>
struct scalar_traits {};

template <>
struct scalar_traits<bool> {
    static_assert(sizeof(bool) == 1);
    static constexpr dtype type = dtype::boolean;
};
template <>
struct scalar_traits<std::byte> {
    static constexpr dtype type = dtype::u8;
};
/// The integer of its width and sign.
template <detail::plain_integer Integer>
requires(sizeof(Integer) <= 8)
struct scalar_traits<Integer> {
    static constexpr dtype type = detail::dtype_of_integer<Integer>();
};
template <>
struct scalar_traits<float> {
    static_assert(std::numeric_limits<float>::is_iec559 && sizeof(float) == 4);
    static constexpr dtype type = dtype::f32;
};
template <>
struct scalar_traits<double> {
    static_assert(std::numeric_limits<double>::is_iec559 && sizeof(double) == 8);
    static constexpr dtype type = dtype::f64;
};
template <detail::complex_of_float Complex>
struct scalar_traits<Complex> {
    static constexpr dtype type = dtype::c64;
};

/// Names the C++ types with a dtype of the same width.
template <class Type>
concept scalar = std::is_trivially_copyable_v<Type> && requires {
    {
        scalar_traits<Type>::type
    } -> std::convertible_to<dtype>;
    requires bit_width(scalar_traits<Type>::type) == sizeof(Type) * 8;
};

/// The dtype of a C++ type: `dtype_of<float> == dtype::f32`.
template <scalar Scalar>
inline constexpr dtype dtype_of = scalar_traits<Scalar>::type;

} // namespace STET_NAMESPACE

#endif
