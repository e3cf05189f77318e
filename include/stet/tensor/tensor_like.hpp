// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_TENSOR_LIKE_HPP
#define STET_TENSOR_TENSOR_LIKE_HPP

#include "stacked.hpp"
#include "tensor_view.hpp"

#include <concepts>
#include <type_traits>

namespace STET_NAMESPACE {

/// How a tensor type of yours is seen. Specialise it with one function:
/// `template <> struct stet::tensor_traits<my::tensor> {
///      static stet::result<stet::tensor_view> view(const my::tensor&) noexcept;
///  };`
/// lifetime: what the view borrows must live in the tensor, or as long as it does
template <class Tensor>
struct tensor_traits {};

template <>
struct tensor_traits<tensor_view> {
    static result<tensor_view> view(const tensor_view& tensor) noexcept { return tensor; }
};

/// What view_of and its like return, kept in a dict as it is: its error is reported under its name.
template <>
struct tensor_traits<result<tensor_view>> {
    static result<tensor_view> view(const result<tensor_view>& tensor) noexcept { return tensor; }
};

template <>
struct tensor_traits<stacked> {
    static result<tensor_view> view(const stacked& tensor) noexcept { return tensor.view(); }
};

/// A type with tensor_traits.
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

} // namespace STET_NAMESPACE

#endif
