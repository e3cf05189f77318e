// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_SCALAR_KINDS_HPP
#define STET_TENSOR_IMPL_SCALAR_KINDS_HPP

#include "../../vocabulary/config.hpp"

#include <concepts>
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
                               requires std::convertible_to<decltype(number.real()), float>;
                               requires std::convertible_to<decltype(number.imag()), float>;
                           };

} // namespace detail

} // namespace STET_NAMESPACE

#endif
