// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_DTYPE_HPP
#define STET_TENSOR_DTYPE_HPP

#include "../vocabulary/config.hpp"
#include "impl/scalar_kinds.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// The format's element types in the order the reference writer ranks them: in a file the highest comes first.
/// source: safetensors 0.8, enum Dtype
enum class dtype : std::uint8_t {
    boolean, ///< one byte, 0 or 1
    f4,      ///< MX float4 (e2m1), two a byte
    f6_e2m3, ///< MX float6, four in three bytes
    f6_e3m2, ///< MX float6, four in three bytes
    u8,
    i8,
    f8_e5m2,
    f8_e4m3, ///< torch.float8_e4m3fn
    f8_e8m0, ///< MX scale
    f8_e4m3fnuz,
    f8_e5m2fnuz,
    i16,
    u16,
    f16,
    bf16,
    i32,
    u32,
    f32,
    c64, ///< two f32, real part first
    f64,
    i64,
    u64,
};

namespace detail {

struct dtype_info {
    std::string_view name; ///< as a header spells it
    std::uint8_t     bits; ///< of one element
};

inline constexpr std::array<dtype_info, 22> dtype_table{{
    {"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
    {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
    {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64},
}};

inline constexpr std::size_t dtype_count = detail::dtype_table.size();

} // namespace detail

/// Name, width and kind of a type.
constexpr const detail::dtype_info& info(dtype type) noexcept
{
    return detail::dtype_table[static_cast<std::size_t>(type)];
}

/// The type as a header spells it: "BF16".
constexpr std::string_view name(dtype type) noexcept
{
    return info(type).name;
}

/// Bits of one element.
constexpr unsigned bit_width(dtype type) noexcept
{
    return info(type).bits;
}

/// Whether elements share bytes: the 4- and 6-bit types.
constexpr bool is_sub_byte(dtype type) noexcept
{
    return bit_width(type) < 8;
}

/// Bytes of one element. Only for types of whole bytes.
constexpr std::size_t element_size(dtype type) noexcept
{
    STET_ASSERT(!is_sub_byte(type), "stet: an element of 4 or 6 bits has no size in bytes");
    return bit_width(type) / 8;
}

/// The type that a header spells exactly that way, or nothing.
constexpr std::optional<dtype> dtype_named(std::string_view spelled) noexcept
{
    for (std::size_t i = 0; i < detail::dtype_count; ++i) {
        if (detail::dtype_table[i].name == spelled)
            return static_cast<dtype>(i);
    }
    return std::nullopt;
}

namespace casts {

/// Whether tensors of that dtype are cast, to any other that is: F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E4M3FNUZ,
/// F8_E5M2FNUZ.
constexpr bool is_cast(dtype type) noexcept
{
    return type == dtype::f64 || type == dtype::f32 || type == dtype::f16 || type == dtype::bf16 ||
           type == dtype::f8_e4m3 || type == dtype::f8_e5m2 || type == dtype::f8_e4m3fnuz ||
           type == dtype::f8_e5m2fnuz;
}

/// What a number becomes that is too large for F8_E4M3, which has no infinity.
enum class too_large : std::uint8_t {
    saturates,   ///< the largest number, as an infinity does; torch from 2.12 on
    becomes_nan, ///< what torch before 2.12 and ml_dtypes make of it
};

} // namespace casts

namespace detail {

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
    requires std::convertible_to<decltype(scalar_traits<Type>::type), dtype>;
    requires bit_width(scalar_traits<Type>::type) == sizeof(Type) * 8;
};

/// The dtype of a C++ type: `dtype_of<float> == dtype::f32`.
template <scalar Scalar>
inline constexpr dtype dtype_of = scalar_traits<Scalar>::type;

} // namespace STET_NAMESPACE

#endif
