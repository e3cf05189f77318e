// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_RESULT_HPP
#define STET_VOCABULARY_RESULT_HPP

#include "error.hpp"
#include "impl/expected_of.hpp"
#include "impl/value_or_error.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

struct tensor_view;

/// A value or an error. True when there is a value.
///
/// Who asks a failed result for its value, or one that succeeded for its error, has made a mistake: STET_ASSERT is
/// called, and where that returns the program ends at a trap instruction, in every build. There is no value that could
/// be given instead: one made up for the purpose would be saved as if it were the caller's. Where the compiler sees the
/// result being tested before, the trap costs nothing.
template <class Value>
class [[nodiscard]] result {
public:
    using value_type = Value;

    /// A tensor that is still missing: what the operator[] of a dict of results makes of a name. Saving it fails with
    /// missing_tensor, unless a view is assigned before.
    constexpr result() noexcept
    requires std::same_as<Value, tensor_view>
        : result(stet::error{.code = errc::missing_tensor})
    {
    }
    /// A value.
    constexpr result(Value value) : held_(std::move(value)) {}
    /// An error.
    STET_COLD constexpr result(const stet::error& e) noexcept : held_(e) {}
    /// From std::expected<Value, stet::error> and types of its shape.
    template <detail::expected_argument_of<Value> Expected>
    requires std::constructible_from<Value, decltype(*std::declval<Expected>())>
    constexpr result(Expected&& given)
        : held_(given.has_value() ? detail::value_or_error<Value>(Value(*std::forward<Expected>(given)))
                                  : detail::value_or_error<Value>(given.error()))
    {
    }

    constexpr bool     has_value() const noexcept { return held_.has_value; }
    constexpr explicit operator bool() const noexcept { return held_.has_value; }

    /// The value; only when there is one.
    constexpr Value&       operator*() & noexcept STET_LIFETIME_BOUND { return detail::value_in(held_); }
    constexpr const Value& operator*() const& noexcept STET_LIFETIME_BOUND { return detail::value_in(held_); }
    constexpr Value&&      operator*() && noexcept STET_LIFETIME_BOUND
    {
        return std::move(detail::value_in(held_));
    }
    constexpr Value*       operator->() noexcept STET_LIFETIME_BOUND { return &**this; }
    constexpr const Value* operator->() const noexcept STET_LIFETIME_BOUND { return &**this; }

    /// The value, or another one where there is none.
    template <class Other = Value>
    constexpr Value value_or(Other&& other) const&
    {
        return held_.has_value ? held_.value : static_cast<Value>(std::forward<Other>(other));
    }
    /// The value, or `other`.
    template <class Other = Value>
    constexpr Value value_or(Other&& other) &&
    {
        return held_.has_value ? std::move(held_.value) : static_cast<Value>(std::forward<Other>(other));
    }

    /// The error; only when there is no value.
    constexpr const stet::error& error() const noexcept { return detail::error_in(held_); }

    /// `next(value)`, or this error passed on. next: callable with the value, returns a result
    template <class Next>
    constexpr auto and_then(Next&& next) & -> std::invoke_result_t<Next, Value&>
    {
        if (!held_.has_value)
            return held_.failure;
        return std::forward<Next>(next)(held_.value);
    }
    /// What `next` gives for the value, or the error.
    template <class Next>
    constexpr auto and_then(Next&& next) const& -> std::invoke_result_t<Next, const Value&>
    {
        if (!held_.has_value)
            return held_.failure;
        return std::forward<Next>(next)(held_.value);
    }
    /// What `next` gives for the value, or the error.
    template <class Next>
    constexpr auto and_then(Next&& next) && -> std::invoke_result_t<Next, Value&&>
    {
        if (!held_.has_value)
            return held_.failure;
        return std::forward<Next>(next)(std::move(held_.value));
    }

    /// std::expected<Value, stet::error> and types of its shape.
    template <detail::expected_of<Value> Expected>
    constexpr operator Expected() const&
    requires std::copy_constructible<Value>
    {
        if (!held_.has_value)
            return Expected(typename Expected::unexpected_type(held_.failure));
        return Expected(held_.value);
    }
    /// The same as a std::expected.
    template <detail::expected_of<Value> Expected>
    constexpr operator Expected() &&
    {
        if (!held_.has_value)
            return Expected(typename Expected::unexpected_type(held_.failure));
        return Expected(std::move(held_.value));
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
    /// An error.
    STET_COLD constexpr result(const stet::error& e) noexcept : held_(e) {}
    /// From std::expected<void, stet::error> and types of its shape.
    template <detail::expected_argument_of<void> Expected>
    constexpr result(Expected&& given) : result()
    {
        if (!given.has_value())
            held_ = detail::value_or_error<detail::nothing>(given.error());
    }

    constexpr bool     has_value() const noexcept { return held_.has_value; }
    constexpr explicit operator bool() const noexcept { return held_.has_value; }

    /// The error; only after a failure.
    constexpr const stet::error& error() const noexcept { return detail::error_in(held_); }

    /// `next()`, or this error passed on. next: callable with nothing, returns a result
    template <class Next>
    constexpr auto and_then(Next&& next) const -> std::invoke_result_t<Next>
    {
        if (!held_.has_value)
            return held_.failure;
        return std::forward<Next>(next)();
    }

    /// std::expected<void, stet::error> and types of its shape.
    template <detail::expected_of<void> Expected>
    constexpr operator Expected() const
    {
        if (!held_.has_value)
            return Expected(typename Expected::unexpected_type(held_.failure));
        return Expected();
    }

private:
    detail::value_or_error<detail::nothing> held_;
};

} // namespace STET_NAMESPACE

#endif
