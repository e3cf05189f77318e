// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_EXPECTED_OF_HPP
#define STET_VOCABULARY_IMPL_EXPECTED_OF_HPP

#include "../error.hpp"

#include <concepts>
#include <type_traits>

namespace STET_NAMESPACE::detail {

/// std::expected and its older relatives, recognised by their nested names so that none of them is included.
template <class Expected, class Value>
concept expected_of = requires(stet::error e) {
    typename Expected::value_type;
    typename Expected::error_type;
    requires std::same_as<typename Expected::value_type, Value>;
    requires std::same_as<typename Expected::error_type, stet::error>;
    typename Expected::unexpected_type;
    Expected(typename Expected::unexpected_type(e));
};

/// The same, given as an argument of whatever category.
template <class Given, class Value>
concept expected_argument_of =
    expected_of<std::remove_cvref_t<Given>, Value> && requires(const std::remove_cvref_t<Given>& given) {
        {
            given.has_value()
        } -> std::convertible_to<bool>;
        {
            given.error()
        } -> std::convertible_to<const stet::error&>;
    };

} // namespace STET_NAMESPACE::detail

#endif
