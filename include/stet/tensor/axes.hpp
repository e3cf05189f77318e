// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_AXES_HPP
#define STET_TENSOR_AXES_HPP

#include "../vocabulary/error.hpp"

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

} // namespace detail

/// How many axes a shape or a list of strides keeps a copy of; longer lists are borrowed.
inline constexpr std::size_t kept_axes = 8;

/// One number an axis, outermost first, given as integers of any type and in any contiguous container.
/// Up to eight are copied; beyond that the caller's array is borrowed.
/// errors:   a negative number among unsigned axes and a borrowed temporary are remembered and reported by the first
///           function that needs the numbers; see problem()
/// lifetime: of more than eight axes, the caller's array must outlive the save
template <class Number>
class axes {
public:
    constexpr axes() noexcept = default;

    /// `{512, 4, 3, 3}`
    template <std::integral... Axis>
    requires(sizeof...(Axis) > 0)
    constexpr axes(Axis... axis) noexcept : count_(sizeof...(Axis))
    {
        static_assert(
            sizeof...(Axis) <= kept_axes,
            "stet: a braced list holds at most eight axes; put longer ones into an array that outlives the save");
        std::size_t i = 0;
        ((kept_[i++] = checked(axis)), ...);
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
        if (count_ > kept_axes) {
            borrow(first, std::is_lvalue_reference_v<Range> || detail::is_span<std::remove_cvref_t<Range>>);
            return;
        }
        for (std::size_t i = 0; i < count_; ++i)
            kept_[i] = checked(first[i]);
    }

    constexpr std::size_t size() const noexcept { return count_; }
    constexpr bool        empty() const noexcept { return count_ == 0; }
    constexpr Number      operator[](std::size_t axis) const noexcept
    {
        STET_ASSERT(axis < count_, "stet: an axis beyond the rank was asked for");
        return count_ <= kept_axes ? kept_[axis] : read_(borrowed_, axis);
    }

    /// The same numbers with one replaced. Only for the axes that are kept: size() <= kept_axes.
    constexpr axes with(std::size_t axis, Number number) const noexcept
    {
        STET_ASSERT(axis < count_ && count_ <= kept_axes, "stet: only an axis that is kept can be replaced");
        axes changed = *this;
        changed.kept_[axis] = number;
        return changed;
    }

    /// What was wrong with the numbers given: negative_dimension, borrowed_axes_expired, or a code of 0.
    constexpr errc problem() const noexcept { return problem_; }

private:
    template <std::integral Integer>
    constexpr Number checked(Integer value) noexcept
    {
        if constexpr (std::is_signed_v<Integer> && !std::is_signed_v<Number>) {
            if (value < 0)
                problem_ = errc::negative_dimension;
        }
        return static_cast<Number>(value);
    }

    template <std::integral Integer>
    constexpr void borrow(const Integer* first, bool outlives) noexcept
    {
        borrowed_ = first;
        read_ = [](const void* array, std::size_t i) {
            return static_cast<Number>(static_cast<const Integer*>(array)[i]);
        };
        for (std::size_t i = 0; i < count_; ++i)
            static_cast<void>(checked(first[i]));
        if (!outlives)
            problem_ = errc::borrowed_axes_expired;
    }

    std::array<Number, kept_axes> kept_{};
    const void*                   borrowed_ = nullptr;
    Number (*read_)(const void*, std::size_t) = nullptr;
    std::size_t count_ = 0;
    errc        problem_{};
};

/// A shape: the size of each axis, outermost first; empty is a scalar.
using extents = axes<std::uint64_t>;

/// Steps between neighbours along each axis, in elements, outermost first; 0 repeats, negative runs backwards.
using strides = axes<std::int64_t>;

/// The remembered problem of a list of axes as an error, if there is one.
template <class Number>
constexpr error axes_error(const axes<Number>& list) noexcept
{
    return {.code = list.problem(), .expected = kept_axes, .actual = list.size()};
}

} // namespace STET_NAMESPACE

#endif
