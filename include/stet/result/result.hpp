// SPDX-License-Identifier: MIT
#ifndef STET_RESULT_RESULT_HPP
#define STET_RESULT_RESULT_HPP

#include "error.hpp"

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace stet::inline v0_1 {

template <class Value>
class result;

namespace detail {

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

} // namespace detail

/// A value or an error. True when there is a value.
template <class Value>
class [[nodiscard]] result {
public:
    using value_type = Value;

    constexpr result(Value value) : value_(std::move(value)) {}
    constexpr result(const stet::error& e) noexcept : error_(e) {}

    constexpr explicit operator bool() const noexcept { return value_.has_value(); }

    /// The value; only when there is one.
    constexpr Value& operator*() & noexcept
    {
        STET_ASSERT(value_.has_value(), "stet: the value of a failed result was asked for");
        return *value_;
    }
    constexpr const Value& operator*() const& noexcept
    {
        STET_ASSERT(value_.has_value(), "stet: the value of a failed result was asked for");
        return *value_;
    }
    constexpr Value&& operator*() && noexcept
    {
        STET_ASSERT(value_.has_value(), "stet: the value of a failed result was asked for");
        return std::move(*value_);
    }
    constexpr Value*       operator->() noexcept { return &**this; }
    constexpr const Value* operator->() const noexcept { return &**this; }

    /// The error; only when there is no value.
    constexpr const stet::error& error() const noexcept
    {
        STET_ASSERT(error_.has_value(), "stet: the error of a result that succeeded was asked for");
        return *error_;
    }

    /// `next(value)`, or this error passed on. next: callable with Value&&, returns a result
    template <class Next>
    constexpr auto and_then(Next&& next) && -> std::invoke_result_t<Next, Value&&>
    {
        if (!*this)
            return error();
        return std::forward<Next>(next)(*std::move(*this));
    }

    /// std::expected<Value, stet::error> and types of its shape.
    template <detail::expected_of<Value> Expected>
    constexpr operator Expected() &&
    {
        if (!*this)
            return Expected(typename Expected::unexpected_type(error()));
        return Expected(*std::move(*this));
    }

private:
    std::optional<Value>       value_;
    std::optional<stet::error> error_;
};

/// Success or an error. True on success.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    constexpr result() noexcept = default;
    constexpr result(const stet::error& e) noexcept : error_(e) {}

    constexpr explicit operator bool() const noexcept { return !error_.has_value(); }

    /// The error; only after a failure.
    constexpr const stet::error& error() const noexcept
    {
        STET_ASSERT(error_.has_value(), "stet: the error of a result that succeeded was asked for");
        return *error_;
    }

    /// `next()`, or this error passed on. next: callable with nothing, returns a result
    template <class Next>
    constexpr auto and_then(Next&& next) && -> std::invoke_result_t<Next>
    {
        if (!*this)
            return error();
        return std::forward<Next>(next)();
    }

    /// std::expected<void, stet::error> and types of its shape.
    template <detail::expected_of<void> Expected>
    constexpr operator Expected() &&
    {
        if (!*this)
            return Expected(typename Expected::unexpected_type(error()));
        return Expected();
    }

private:
    std::optional<stet::error> error_;
};

} // namespace stet::inline v0_1

#endif
