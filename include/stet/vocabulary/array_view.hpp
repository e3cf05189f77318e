// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_ARRAY_VIEW_HPP
#define STET_VOCABULARY_ARRAY_VIEW_HPP

#include "config.hpp"

#include <cstddef>
#include <type_traits>

namespace STET_NAMESPACE {

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

} // namespace STET_NAMESPACE

#endif
