// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_BORROWED_HPP
#define STET_VOCABULARY_BORROWED_HPP

#include "config.hpp"

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

/// Where a plan, a header and the staging block get their memory. Plain data, copied freely.
/// allocate:   returns memory of that size and alignment (a power of two), or null when there is none
/// deallocate: called with exactly the size and alignment it was allocated with
struct allocator {
    void* context = nullptr;
    /// Gives memory, or null; never throws.
    void* (*allocate)(void* context, std::size_t size, std::size_t alignment) = nullptr;
    /// Takes back what `allocate` gave, with the same size and alignment.
    void (*deallocate)(void* context, void* memory, std::size_t size, std::size_t alignment) = nullptr;
};

/// The global heap, asked in the form that returns null instead of throwing.
constexpr allocator heap() noexcept
{
    return {
        .context = nullptr,
        .allocate =
            [](void*, std::size_t size, std::size_t alignment) {
                return ::operator new(size, std::align_val_t{alignment}, std::nothrow);
            },
        .deallocate = [](void*, void* memory, std::size_t,
                         std::size_t alignment) { ::operator delete(memory, std::align_val_t{alignment}); },
    };
}

namespace detail {

template <class Container, class Element>
concept array_of = requires(Container& elements) {
    requires std::is_convertible_v<decltype(elements.data()), Element*>;
    elements.size();
};

} // namespace detail

/// Elements side by side, which somebody else owns. What std::span is, for the library's own element types: to make a
/// std::span of a type takes a compiler about 4 ms, for the questions its constructors ask. Converts to a std::span as
/// any contiguous range does.
template <class Element>
class array_view {
public:
    constexpr array_view() noexcept = default;
    /// `size` elements from `data` on.
    constexpr array_view(Element* data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// Of elements that may be changed, a view that may not.
    template <class Mutable>
    requires std::is_same_v<const Mutable, Element>
    constexpr array_view(array_view<Mutable> other) noexcept : data_(other.data()), size_(other.size())
    {
    }

    /// std::vector, std::array and their like.
    template <detail::array_of<Element> Container>
    constexpr array_view(Container& elements) noexcept : data_(elements.data()), size_(elements.size())
    {
    }

    constexpr Element*    data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool        empty() const noexcept { return size_ == 0; }
    constexpr Element*    begin() const noexcept { return data_; }
    constexpr Element*    end() const noexcept { return data_ + size_; }
    constexpr Element&    operator[](std::size_t i) const noexcept { return data_[i]; }
    /// The last element.
    constexpr Element& back() const noexcept { return data_[size_ - 1]; }

    /// The first `count` elements.
    constexpr array_view first(std::size_t count) const noexcept { return {data_, count}; }
    /// The elements from `at` on.
    constexpr array_view subspan(std::size_t at) const noexcept { return {data_ + at, size_ - at}; }
    /// `count` elements from `at` on.
    constexpr array_view subspan(std::size_t at, std::size_t count) const noexcept
    {
        return {data_ + at, count};
    }

private:
    Element*    data_ = nullptr;
    std::size_t size_ = 0;
};

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
