// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_POSITION_ITERATOR_HPP
#define STET_READ_IMPL_POSITION_ITERATOR_HPP

#include "../../vocabulary/config.hpp"

#include <compare>
#include <cstddef>
#include <iterator>

namespace STET_NAMESPACE::detail {

/// Walks through what makes an Entry of a position. Entries are made anew each time, so old algorithms take it for an
/// input iterator, new ones for one of random access.
/// Of: has `entry_at(position)`
/// lifetime: borrows the object it walks through; an entry does not borrow the iterator
template <class Of, class Entry>
class position_iterator {
public:
    using value_type = Entry;
    using reference = Entry;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;

    constexpr position_iterator() noexcept = default;
    constexpr position_iterator(const Of& of, std::size_t position) noexcept
        : of_(&of), position_(static_cast<difference_type>(position))
    {
    }

    Entry operator*() const noexcept { return of_->entry_at(static_cast<std::size_t>(position_)); }
    Entry operator[](difference_type steps) const noexcept { return *(*this + steps); }

    constexpr position_iterator& operator++() noexcept { return *this += 1; }
    constexpr position_iterator& operator--() noexcept { return *this -= 1; }
    constexpr position_iterator  operator++(int) noexcept
    {
        const position_iterator before = *this;
        ++position_;
        return before;
    }
    constexpr position_iterator operator--(int) noexcept
    {
        const position_iterator before = *this;
        --position_;
        return before;
    }
    constexpr position_iterator& operator+=(difference_type steps) noexcept
    {
        position_ += steps;
        return *this;
    }
    constexpr position_iterator& operator-=(difference_type steps) noexcept
    {
        position_ -= steps;
        return *this;
    }

    friend constexpr position_iterator operator+(position_iterator at, difference_type steps) noexcept
    {
        return at += steps;
    }
    friend constexpr position_iterator operator+(difference_type steps, position_iterator at) noexcept
    {
        return at += steps;
    }
    friend constexpr position_iterator operator-(position_iterator at, difference_type steps) noexcept
    {
        return at -= steps;
    }
    friend constexpr difference_type operator-(const position_iterator& a,
                                               const position_iterator& b) noexcept
    {
        return a.position_ - b.position_;
    }
    friend constexpr bool operator==(const position_iterator&, const position_iterator&) noexcept = default;
    friend constexpr std::strong_ordering operator<=>(const position_iterator& a,
                                                      const position_iterator& b) noexcept
    {
        return a.position_ <=> b.position_;
    }

private:
    const Of*       of_ = nullptr;
    difference_type position_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
