// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_FUNCTION_REF_HPP
#define STET_VOCABULARY_FUNCTION_REF_HPP

#include "config.hpp"

#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

template <class Signature>
class function_ref;

namespace detail {

template <class Type>
inline constexpr bool is_function_ref = false;
template <class Signature>
inline constexpr bool is_function_ref<function_ref<Signature>> = true;

template <class Callable>
concept callable_object = !is_function_ref<std::remove_cvref_t<Callable>> &&
                          !std::is_function_v<std::remove_reference_t<Callable>> &&
                          !std::is_pointer_v<std::remove_cvref_t<Callable>> &&
                          !std::is_member_pointer_v<std::remove_cvref_t<Callable>>;

} // namespace detail

/// A callable, borrowed: two words, no allocation. Empty when made from nothing or from a null function.
/// lifetime: the callable must outlive every call; a lambda written in the argument list of the call that uses it does
template <class Result, class... Arguments>
class function_ref<Result(Arguments...)> {
public:
    constexpr function_ref() noexcept = default;

    /// Borrows a callable.
    template <class Callable>
    requires(detail::callable_object<Callable> && std::is_invocable_r_v<Result, Callable&, Arguments...>)
    constexpr function_ref(Callable&& callable STET_LIFETIME_BOUND) noexcept
        : target_{.object = &callable}, call_(call_object<std::remove_reference_t<Callable>>)
    {
    }

    /// A function.
    constexpr function_ref(Result (*function)(Arguments...)) noexcept
        : target_{.function = function},
          call_(function == nullptr ? nullptr : +[](target to, Arguments... arguments) -> Result {
              return to.function(std::forward<Arguments>(arguments)...);
          })
    {
    }

    constexpr explicit operator bool() const noexcept { return call_ != nullptr; }

    /// Calls it.
    constexpr Result operator()(Arguments... arguments) const
    {
        STET_ASSERT(call_ != nullptr, "stet: an empty function_ref was called");
        return call_(target_, std::forward<Arguments>(arguments)...);
    }

private:
    union target {
        const void* object = nullptr;
        Result (*function)(Arguments...);
    };

    template <class Object>
    static constexpr Result call_object(target to, Arguments... arguments)
    {
        // The object was taken as Callable&, so its own constness is restored here.
        Object& called = *const_cast<Object*>(static_cast<const Object*>(to.object));
        if constexpr (std::is_void_v<Result>)
            called(std::forward<Arguments>(arguments)...);
        else
            return called(std::forward<Arguments>(arguments)...);
    }

    target target_{};
    Result (*call_)(target, Arguments...) = nullptr;
};

} // namespace STET_NAMESPACE

#endif
