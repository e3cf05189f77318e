// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_RESULT_HPP
#define STET_VOCABULARY_RESULT_HPP

#include "error.hpp"

#include <concepts>
#include <new>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

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

/// The one or the other, and which. Not std::optional, for there are many kinds of results, and a compiler takes longer
/// for the optional of each than for all that is done with it.
template <class Value, bool IsPlain = std::is_trivially_copyable_v<Value>>
struct value_or_error {
    constexpr explicit value_or_error(Value&& given) noexcept(std::is_nothrow_move_constructible_v<Value>)
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
    constexpr explicit value_or_error(Value&& given) noexcept(std::is_nothrow_move_constructible_v<Value>)
        : value(std::move(given)), has_value(true)
    {
    }
    constexpr explicit value_or_error(const stet::error& given) noexcept : failure(given), has_value(false) {}

    value_or_error(value_or_error&& other) noexcept(std::is_nothrow_move_constructible_v<Value>)
    {
        take(std::move(other));
    }
    value_or_error(const value_or_error& other)
    requires std::copy_constructible<Value>
    {
        take(other);
    }
    value_or_error& operator=(value_or_error&& other) noexcept(std::is_nothrow_move_constructible_v<Value>)
    {
        if (this != &other) {
            drop();
            take(std::move(other));
        }
        return *this;
    }
    value_or_error& operator=(const value_or_error& other)
    requires std::copy_constructible<Value>
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
    void drop() noexcept
    {
        if (!has_value)
            return;
        value.~Value();
        has_value = false;
        ::new (static_cast<void*>(&failure)) stet::error{};
    }
    template <class Other>
    void take(Other&& other)
    {
        if (other.has_value)
            ::new (static_cast<void*>(&value)) Value(std::forward<Other>(other).value);
        else
            failure = other.failure;
        has_value = other.has_value; // NOLINT(bugprone-use-after-move): only its value was moved
    }
};

struct nothing {};

} // namespace detail

/// A value or an error. True when there is a value.
template <class Value>
class [[nodiscard]] result {
public:
    using value_type = Value;

    constexpr result(Value value) : held_(std::move(value)) {}
#if defined(__GNUC__)
    [[gnu::__cold__, gnu::__noinline__]] // failing stays out of the callers' code
#endif
    constexpr result(const stet::error& e) noexcept
        : held_(e)
    {
    }

    constexpr explicit operator bool() const noexcept { return held_.has_value; }

    /// The value; only when there is one.
    constexpr Value& operator*() & noexcept
    {
        STET_ASSERT(held_.has_value, "stet: the value of a failed result was asked for");
        return held_.value;
    }
    constexpr const Value& operator*() const& noexcept
    {
        STET_ASSERT(held_.has_value, "stet: the value of a failed result was asked for");
        return held_.value;
    }
    constexpr Value&& operator*() && noexcept
    {
        STET_ASSERT(held_.has_value, "stet: the value of a failed result was asked for");
        return std::move(held_.value);
    }
    constexpr Value*       operator->() noexcept { return &**this; }
    constexpr const Value* operator->() const noexcept { return &**this; }

    /// The error; only when there is no value.
    constexpr const stet::error& error() const noexcept
    {
        STET_ASSERT(!held_.has_value, "stet: the error of a result that succeeded was asked for");
        return held_.failure;
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
    detail::value_or_error<Value> held_;
};

/// Success or an error. True on success.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    constexpr result() noexcept : held_(detail::nothing{}) {}
#if defined(__GNUC__)
    [[gnu::__cold__, gnu::__noinline__]] // failing stays out of the callers' code
#endif
    constexpr result(const stet::error& e) noexcept
        : held_(e)
    {
    }

    constexpr explicit operator bool() const noexcept { return held_.has_value; }

    /// The error; only after a failure.
    constexpr const stet::error& error() const noexcept
    {
        STET_ASSERT(!held_.has_value, "stet: the error of a result that succeeded was asked for");
        return held_.failure;
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
    detail::value_or_error<detail::nothing> held_;
};

} // namespace STET_NAMESPACE

#endif
