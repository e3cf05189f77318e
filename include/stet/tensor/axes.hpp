// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_AXES_HPP
#define STET_TENSOR_AXES_HPP

#include "../vocabulary/error.hpp"
#include "impl/axis_iterator.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

template <class Range>
inline constexpr bool is_span = false;
template <class Element, std::size_t Extent>
inline constexpr bool is_span<std::span<Element, Extent>> = true;

/// The number as an axis stores it; sets `problem` where an unsigned axis is given a number below zero.
template <class Number, std::integral Integer>
constexpr Number checked_axis(Integer value, errc& problem) noexcept
{
    if constexpr (std::is_signed_v<Integer> && !std::is_signed_v<Number>) {
        if (value < 0)
            problem = errc::negative_dimension;
    }
    return static_cast<Number>(value);
}

/// The number of a list of one, `{5}`. An integer by itself would need two conversions to become a list.
template <class Number>
struct only_axis {
    template <std::integral Integer>
    constexpr only_axis(Integer value) noexcept : number(checked_axis<Number>(value, problem))
    {
    }

    errc   problem{}; ///< before `number`, whose making sets it
    Number number;
};

/// How many axes a shape or a list of strides keeps a copy of; longer lists are borrowed.
inline constexpr std::size_t kept_axes = 8;

} // namespace detail

/// Holds one number for each axis, outermost first. Takes integers of any type: in braces, in any contiguous container.
/// Copies up to eight numbers; borrows the caller's array beyond that. A range, and comparable.
/// errors:   remembers a negative number among unsigned axes, and a borrowed temporary; the first function that needs
///           the numbers reports it, see problem()
/// lifetime: of more than eight axes, the caller's array must outlive the save
template <class Number>
class axes {
public:
    constexpr axes() noexcept = default;

    /// `{512}`, `extents(512)`. Not 512 alone, which is likelier a count of bytes or elements in the wrong place.
    constexpr axes(detail::only_axis<Number> axis) noexcept : count_(1), problem_(axis.problem)
    {
        kept_[0] = axis.number;
    }

    /// `{512, 4, 3, 3}`
    template <std::integral... Axis>
    requires(sizeof...(Axis) > 1)
    constexpr axes(Axis... axis) noexcept : count_(sizeof...(Axis))
    {
        static_assert(
            sizeof...(Axis) <= detail::kept_axes,
            "stet: a braced list holds at most eight axes; put longer ones into an array that outlives the save");
        std::size_t i = 0;
        ((kept_[i++] = detail::checked_axis<Number>(axis, problem_)), ...);
    }

    /// std::vector, std::array, std::span, plain arrays of any integer type.
    template <class Range>
    requires(!std::same_as<std::remove_cvref_t<Range>, axes> &&
             requires(Range& r) {
                 {
                     *std::data(r)
                 } -> std::convertible_to<Number>;
                 requires std::integral<std::remove_cvref_t<decltype(*std::data(r))>>;
                 std::size(r);
             })
    constexpr axes(Range&& range) noexcept : count_(std::size(range))
    {
        using integer = std::remove_cvref_t<decltype(*std::data(range))>;
        const integer* const first = std::data(range);
        if (count_ > detail::kept_axes) {
            borrow(first, std::is_lvalue_reference_v<Range> || detail::is_span<std::remove_cvref_t<Range>>);
            return;
        }
        for (std::size_t i = 0; i < count_; ++i)
            kept_[i] = detail::checked_axis<Number>(first[i], problem_);
    }

    /// How many axes there are; 0 for a scalar.
    constexpr std::size_t rank() const noexcept { return count_; }
    constexpr std::size_t size() const noexcept { return count_; }
    constexpr bool        empty() const noexcept { return count_ == 0; }
    constexpr Number      operator[](std::size_t axis) const noexcept
    {
        STET_ASSERT(axis < count_, "stet: an axis beyond the rank was asked for");
        return count_ <= detail::kept_axes ? kept_[axis] : read_(borrowed_, axis);
    }

    constexpr detail::axis_iterator<Number> begin() const noexcept { return {*this, 0}; }
    constexpr detail::axis_iterator<Number> end() const noexcept { return {*this, count_}; }

    friend constexpr bool operator==(const axes& a, const axes& b) noexcept
    {
        if (a.count_ != b.count_ || a.problem_ != b.problem_)
            return false;
        for (std::size_t axis = 0; axis < a.count_; ++axis) {
            if (a[axis] != b[axis])
                return false;
        }
        return true;
    }

    /// The same numbers with one replaced. Only for the axes that are kept: size() <= kept_axes.
    constexpr axes with(std::size_t axis, Number number) const noexcept
    {
        STET_ASSERT(axis < count_ && count_ <= detail::kept_axes,
                    "stet: only an axis that is kept can be replaced");
        axes changed = *this;
        changed.kept_[axis] = number;
        return changed;
    }

    /// What was wrong with the numbers given: negative_dimension, borrowed_axes_expired, or a code of 0.
    constexpr errc problem() const noexcept { return problem_; }

private:
    template <std::integral Integer>
    constexpr void borrow(const Integer* first, bool outlives) noexcept
    {
        borrowed_ = first;
        read_ = [](const void* array, std::size_t i) {
            return static_cast<Number>(static_cast<const Integer*>(array)[i]);
        };
        for (std::size_t i = 0; i < count_; ++i)
            static_cast<void>(detail::checked_axis<Number>(first[i], problem_));
        if (!outlives)
            problem_ = errc::borrowed_axes_expired;
    }

    std::array<Number, detail::kept_axes> kept_{};
    const void*                           borrowed_ = nullptr;
    Number (*read_)(const void*, std::size_t) = nullptr;
    std::size_t count_ = 0;
    errc        problem_{};
};

/// A shape: how many elements each axis has, outermost first; empty is a scalar.
using extents = axes<std::uint64_t>;

/// How many elements apart neighbours lie along each axis, outermost first; 0 repeats, a negative number runs backwards.
using strides = axes<std::int64_t>;

namespace detail {

/// The remembered problem of a list of axes as an error, if there is one.
template <class Number>
constexpr error axes_error(const axes<Number>& list) noexcept
{
    return {.code = list.problem(), .expected = kept_axes, .actual = list.size()};
}

} // namespace detail

} // namespace STET_NAMESPACE

#endif
