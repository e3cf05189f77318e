// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_VALUE_OR_ERROR_HPP
#define STET_VOCABULARY_IMPL_VALUE_OR_ERROR_HPP

#include "../error.hpp"
#include "stop.hpp"

#include <new>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE::detail {

/// The one or the other, and which. Not std::optional, for there are many kinds of results, and a compiler takes longer
/// for the optional of each than for all that is done with it.
template <class Value, bool IsPlain = std::is_trivially_copyable_v<Value>>
struct value_or_error {
    constexpr explicit value_or_error(Value&& given) noexcept(noexcept(Value(std::declval<Value>())))
        : value(std::move(given)), has_value(true)
    {
    }
    constexpr explicit value_or_error(const stet::error& given) noexcept : failure(given), has_value(false) {}

    union {
        Value       value;
        stet::error failure;
    };
    bool has_value;
};

template <class Value>
struct value_or_error<Value, false> {
    constexpr explicit value_or_error(Value&& given) noexcept(noexcept(Value(std::declval<Value>())))
        : value(std::move(given)), has_value(true)
    {
    }
    constexpr explicit value_or_error(const stet::error& given) noexcept : failure(given), has_value(false) {}

    value_or_error(value_or_error&& other) noexcept(noexcept(Value(std::declval<Value>())))
    {
        take(std::move(other));
    }
    value_or_error(const value_or_error& other)
    requires std::is_copy_constructible_v<Value>
    {
        take(other);
    }
    value_or_error& operator=(value_or_error&& other) noexcept(noexcept(Value(std::declval<Value>())))
    {
        if (this != &other) {
            drop();
            take(std::move(other));
        }
        return *this;
    }
    value_or_error& operator=(const value_or_error& other)
    requires std::is_copy_constructible_v<Value>
    {
        if (this != &other) {
            drop();
            take(other);
        }
        return *this;
    }
    ~value_or_error() { drop(); }

    union {
        Value       value;
        stet::error failure;
    };
    bool has_value = false; ///< only once the value is there: making it may throw

private:
    STET_NOINLINE void drop() noexcept
    {
        if (!has_value)
            return;
        value.~Value();
        has_value = false;
        ::new (static_cast<void*>(&failure)) stet::error{};
    }
    template <class Other>
    STET_NOINLINE void take(Other&& other)
    {
        if (other.has_value)
            ::new (static_cast<void*>(&value)) Value(std::forward<Other>(other).value);
        else
            failure = other.failure;
        has_value = other.has_value; // NOLINT(bugprone-use-after-move): only its value was moved
    }
};

/// The value that is asked for; only when there is one, and nothing goes on where there is none.
template <class Held>
constexpr auto& value_in(Held& held) noexcept
{
    if (!held.has_value) {
        STET_ASSERT(held.has_value, "stet: the value of a failed result was asked for");
        detail::stop();
    }
    return held.value;
}

/// The error; only when there is no value, and nothing goes on where there is one.
template <class Held>
constexpr const stet::error& error_in(const Held& held) noexcept
{
    if (held.has_value) {
        STET_ASSERT(!held.has_value, "stet: the error of a result that succeeded was asked for");
        detail::stop();
    }
    return held.failure;
}

/// What a result without a value holds in its place.
struct nothing {};

} // namespace STET_NAMESPACE::detail

#endif
