// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_TENSOR_LIKE_HPP
#define STET_TENSOR_TENSOR_LIKE_HPP

#include "tensor_view.hpp"
#include "views.hpp"

#include <concepts>
#include <type_traits>

namespace STET_NAMESPACE {

/// Says how a tensor type of yours is seen. Specialise it with one function:
/// `template <> struct stet::tensor_traits<my::tensor> {
///      static stet::result<stet::tensor_view> view(const my::tensor&) noexcept;
///  };`
/// `static constexpr bool borrows = true;` beside it says that the type owns no memory, like a span, so that view_of
/// takes temporaries of it.
/// Runs on the thread that plans the save, once a plan and tensor. May throw where exceptions are on: nothing is on
/// disk yet.
/// lifetime: what the view borrows must live in the tensor, or as long as it does
template <class Tensor>
struct tensor_traits {};

template <>
struct tensor_traits<tensor_view> {
    static constexpr bool      borrows = true;
    static result<tensor_view> view(const tensor_view& tensor) noexcept { return tensor; }
};

/// What view_of and its like return, kept in a dict as it is. The save reports its error under its name.
template <>
struct tensor_traits<result<tensor_view>> {
    static constexpr bool      borrows = true;
    static result<tensor_view> view(const result<tensor_view>& tensor) noexcept { return tensor; }
};

template <>
struct tensor_traits<stacked> {
    static result<tensor_view> view(const stacked& tensor) noexcept { return tensor.view(); }
};

/// Names the types with tensor_traits.
template <class Tensor>
concept tensor_like = requires(const Tensor& tensor) {
    {
        tensor_traits<Tensor>::view(tensor)
    } -> std::convertible_to<result<tensor_view>>;
};

namespace detail {

template <class Pointer>
concept pointer_to_tensor = requires(const Pointer& pointer) {
    requires tensor_like<std::remove_cvref_t<decltype(*pointer)>>;
    static_cast<bool>(pointer);
};

} // namespace detail

/// Pointers to tensors, plain and smart.
/// errors: missing_tensor for null
template <detail::pointer_to_tensor Pointer>
struct tensor_traits<Pointer> {
    static result<tensor_view> view(const Pointer& pointer)
    {
        if (!pointer)
            return error{.code = errc::missing_tensor};
        return tensor_traits<std::remove_cvref_t<decltype(*pointer)>>::view(*pointer);
    }
};

namespace detail {

/// Tensors that stay alive: named ones, and those that own no memory.
template <class Tensor>
concept kept_tensor = std::is_lvalue_reference_v<Tensor> ||
                      requires { requires tensor_traits<std::remove_cvref_t<Tensor>>::borrows; };

} // namespace detail

/// Views a tensor of any type that has tensor_traits: `view_of(matrix)`.
/// errors:   those of its tensor_traits
/// lifetime: borrows what the tensor holds
template <class Tensor>
requires(tensor_like<std::remove_cvref_t<Tensor>> && detail::kept_tensor<Tensor>)
result<tensor_view> view_of(Tensor&& tensor) noexcept(
    noexcept(tensor_traits<std::remove_cvref_t<Tensor>>::view(tensor)))
{
    return tensor_traits<std::remove_cvref_t<Tensor>>::view(tensor);
}

template <class Tensor>
requires(tensor_like<std::remove_cvref_t<Tensor>> && !detail::kept_tensor<Tensor>)
result<tensor_view> view_of(Tensor&& temporary) = delete;

/// Refuses a tensor of another library whose header is missing, and elements without a shape.
template <class Other>
requires(detail::could_be_tensor<Other> && !tensor_like<std::remove_cvref_t<Other>>)
result<tensor_view> view_of(Other&&) noexcept
{
    constexpr bool has_axes = detail::has_own_axes<std::remove_cvref_t<Other>>;
    static_assert(
        !has_axes,
        "stet: include what explains this type before: <stet/interop/eigen.hpp>, mdspan.hpp, opencv.hpp or "
        "xtensor.hpp beside it, or a stet::tensor_traits of your own; an expression or a type without "
        "memory needs to be evaluated first");
    static_assert(has_axes, "stet: elements alone have no shape; write view_of(values, {rows, columns})");
    return error{};
}

} // namespace STET_NAMESPACE

#endif
