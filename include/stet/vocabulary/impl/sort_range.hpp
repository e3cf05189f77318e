// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_SORT_RANGE_HPP
#define STET_VOCABULARY_IMPL_SORT_RANGE_HPP

#include "../borrowed.hpp"

#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE::detail {

template <class Element, class Before>
void insertion_sort(array_view<Element> range, Before before) noexcept
{
    for (std::size_t i = 1; i < range.size(); ++i) {
        const Element moving = range[i];
        std::size_t   at = i;
        for (; at > 0 && before(moving, range[at - 1]); --at)
            range[at] = range[at - 1];
        range[at] = moving;
    }
}

template <class Element, class Before>
void sift_down(array_view<Element> heap, std::size_t at, Before before) noexcept
{
    const Element moving = heap[at];
    for (std::size_t child = 2 * at + 1; child < heap.size(); child = 2 * at + 1) {
        if (child + 1 < heap.size() && before(heap[child], heap[child + 1]))
            ++child;
        if (!before(moving, heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

template <class Element, class Before>
void heap_sort(array_view<Element> range, Before before) noexcept
{
    for (std::size_t i = range.size() / 2; i-- > 0;)
        sift_down(range, i, before);
    for (std::size_t size = range.size(); size-- > 1;) {
        std::swap(range[0], range[size]);
        sift_down(range.first(size), 0, before);
    }
}

/// Puts what comes before the first element before what comes after it. Returns where the second part begins; neither is
/// empty.
template <class Element, class Before>
std::size_t split_at_first(array_view<Element> range, Before before) noexcept
{
    const Element pivot = range[0];
    std::size_t   low = 0;
    std::size_t   high = range.size() - 1;
    while (before(pivot, range[high]))
        --high;
    while (low < high) {
        std::swap(range[low], range[high]);
        while (before(range[++low], pivot)) {
        }
        while (before(pivot, range[--high])) {
        }
    }
    return high + 1;
}

/// Sorts plain data in place, in n log n steps whatever it is; equal elements end in any order. What std::sort does,
/// without <algorithm>, which takes a compiler longer than most of this library.
/// before: callable with two elements
template <class Element, class Before>
void sort_range(array_view<Element> range, Before before) noexcept
{
    static_assert(std::is_trivially_copyable_v<Element>);
    constexpr std::size_t few = 16;
    // Data made to mislead the guess at the median is sorted as a heap in the end.
    for (auto splits_left = 2 * std::bit_width(range.size()); range.size() > few; --splits_left) {
        if (splits_left == 0)
            return detail::heap_sort(range, before);
        const std::size_t middle = range.size() / 2;
        const std::size_t last = range.size() - 1;
        if (before(range[middle], range[0]))
            std::swap(range[middle], range[0]);
        if (before(range[last], range[middle]))
            std::swap(range[last], range[before(range[last], range[0]) ? 0 : middle]);
        std::swap(range[0], range[middle]);
        const std::size_t         cut = detail::split_at_first(range, before);
        const bool                first_is_less = cut < range.size() - cut;
        const array_view<Element> less = first_is_less ? range.first(cut) : range.subspan(cut);
        range = first_is_less ? range.subspan(cut) : range.first(cut);
        sort_range(less, before);
    }
    detail::insertion_sort(range, before);
}

} // namespace STET_NAMESPACE::detail

#endif
