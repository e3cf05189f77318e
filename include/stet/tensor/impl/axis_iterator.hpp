// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_AXIS_ITERATOR_HPP
#define STET_TENSOR_IMPL_AXIS_ITERATOR_HPP

#include "../../vocabulary/config.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

template <class Number>
class axes;

namespace detail {

/// Walks over a list of axes, which must stay where it is.
template <class Number>
class axis_iterator {
public:
    using value_type = Number;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Number;
    using iterator_category = std::input_iterator_tag; // gives values, not references
    using iterator_concept = std::forward_iterator_tag;

    constexpr axis_iterator() noexcept = default;
    constexpr axis_iterator(const axes<Number>& list, std::size_t at) noexcept : list_(&list), at_(at) {}

    constexpr Number         operator*() const noexcept { return (*list_)[at_]; }
    constexpr axis_iterator& operator++() noexcept
    {
        ++at_;
        return *this;
    }
    constexpr axis_iterator operator++(int) noexcept { return {*list_, at_++}; }

    friend constexpr bool operator==(axis_iterator a, axis_iterator b) noexcept { return a.at_ == b.at_; }

private:
    const axes<Number>* list_ = nullptr;
    std::size_t         at_ = 0;
};

} // namespace detail

} // namespace STET_NAMESPACE

#endif
