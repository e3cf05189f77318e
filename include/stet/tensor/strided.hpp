// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_STRIDED_HPP
#define STET_TENSOR_STRIDED_HPP

#include "tensor_view.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <type_traits>

namespace stet::inline v0_1 {

namespace detail {

struct axis {
    std::uint64_t size;
    std::int64_t  step; // elements
};

/// The axes that matter when walking: those longer than one, neighbours merged where one continues the other.
/// A tensor that fits into memory has at most 63 axes longer than one.
class walk {
public:
    walk(const extents& shape, const strides& steps) noexcept
    {
        for (std::size_t i = 0; i < shape.size(); ++i) {
            if (shape[i] != 1)
                append({.size = shape[i], .step = steps[i]});
        }
    }

    std::size_t rank() const noexcept { return rank_; }
    const axis& operator[](std::size_t i) const noexcept { return axes_[i]; }

private:
    void append(axis next) noexcept
    {
        const auto size = static_cast<std::int64_t>(next.size);
        if (rank_ != 0 && axes_[rank_ - 1].step == size * next.step) {
            axes_[rank_ - 1] = {.size = axes_[rank_ - 1].size * next.size, .step = next.step};
            return;
        }
        axes_[rank_++] = next;
    }

    std::array<axis, 64> axes_{};
    std::size_t          rank_ = 0;
};

/// Collects elements in a small block, so that the sink sees thousands at a time.
class gather_block {
public:
    explicit gather_block(sink_ref destination) noexcept : destination_(destination) {}

    /// Appends `count` elements of `Width` bytes, `step` bytes apart.
    template <std::size_t Width>
    result<void> gather(const std::byte* from, std::ptrdiff_t step, std::uint64_t count)
    {
        while (count != 0) {
            if (filled_ + Width > block_.size()) {
                if (auto flushed = flush(); !flushed)
                    return flushed;
            }
            const std::uint64_t room = (block_.size() - filled_) / Width;
            const std::uint64_t now = count < room ? count : room;
            std::byte*          to = block_.data() + filled_;
            for (std::uint64_t i = 0; i < now; ++i) {
                std::memcpy(to, from, Width);
                to += Width;
                from += step;
            }
            filled_ += memory_size(now) * Width;
            count -= now;
        }
        return {};
    }

    result<void> flush()
    {
        const bytes gathered(block_.data(), filled_);
        filled_ = 0;
        return gathered.empty() ? result<void>() : destination_.write(gathered);
    }

private:
    sink_ref                    destination_;
    std::array<std::byte, 8192> block_;
    std::size_t                 filled_ = 0;
};

/// Visits every innermost row of the walk in order; row: callable with the byte offset of its first element.
template <class Row>
result<void> each_row(const walk& axes, std::size_t width, Row row)
{
    std::array<std::uint64_t, 64> at{};
    const std::size_t             outer = axes.rank() - 1;
    std::ptrdiff_t                offset = 0;
    const auto                    step_of = [&](std::size_t i) {
        return memory_distance(axes[i].step) * static_cast<std::ptrdiff_t>(width);
    };
    for (;;) {
        if (auto done = row(offset); !done)
            return done;
        std::size_t i = outer;
        while (i != 0 && ++at[i - 1] == axes[i - 1].size) {
            offset -= step_of(i - 1) * static_cast<std::ptrdiff_t>(axes[i - 1].size - 1);
            at[i - 1] = 0;
            --i;
        }
        if (i == 0)
            return {};
        offset += step_of(i - 1);
    }
}

template <std::size_t Width>
result<void> pour_rows(const walk& axes, const std::byte* first, sink_ref destination)
{
    const axis inner = axes[axes.rank() - 1];
    if (inner.step == 1) {
        const auto row_size = memory_size(inner.size) * Width;
        return each_row(axes, Width, [&](std::ptrdiff_t offset) {
            return destination.write(bytes(first + offset, row_size));
        });
    }
    gather_block block(destination);
    const auto   step = memory_distance(inner.step) * static_cast<std::ptrdiff_t>(Width);
    if (auto rows = each_row(
            axes, Width,
            [&](std::ptrdiff_t offset) { return block.gather<Width>(first + offset, step, inner.size); });
        !rows)
        return rows;
    return block.flush();
}

/// `data` is the element at index zero of every axis.
inline result<void> pour_strided(const tensor_view& tensor, sink_ref destination)
{
    if (tensor.size == 0)
        return {};
    const auto*       first = static_cast<const std::byte*>(tensor.data);
    const std::size_t width = element_size(tensor.type);
    const walk        axes(tensor.shape, tensor.steps);
    if (axes.rank() == 0)
        return destination.write(bytes(first, width));
    switch (width) {
    case 1:
        return pour_rows<1>(axes, first, destination);
    case 2:
        return pour_rows<2>(axes, first, destination);
    case 4:
        return pour_rows<4>(axes, first, destination);
    default:
        return pour_rows<8>(axes, first, destination);
    }
}

/// The same for the native scalars of a big-endian host.
inline result<void> pour_strided_swapped(const tensor_view& tensor, sink_ref destination)
{
    struct swapping_sink {
        sink_ref    destination;
        std::size_t type_index;

        result<void> write(bytes data)
        {
            tensor_view piece{
                .type = static_cast<dtype>(type_index), .size = data.size(), .data = data.data()};
            return pour_swapped(piece, destination);
        }
    };
    swapping_sink swapping{.destination = destination, .type_index = static_cast<std::size_t>(tensor.type)};
    return pour_strided(tensor, swapping);
}

/// Whether the steps are those of a packed row-major tensor; an axis of one element may have any step.
constexpr bool are_packed(const extents& shape, const strides& steps) noexcept
{
    std::uint64_t expected = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (shape[i] == 1)
            continue;
        if (steps[i] < 0 || static_cast<std::uint64_t>(steps[i]) != expected)
            return false;
        expected *= shape[i];
    }
    return true;
}

/// How far, in elements, a walk gets from its first element.
struct reach {
    std::uint64_t below = 0, above = 0;
    bool          overflows = false;
};

constexpr reach reach_of(const extents& shape, const strides& steps) noexcept
{
    reach ends;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const std::uint64_t last = shape[i] - 1;
        const bool          backwards = steps[i] < 0;
        const std::uint64_t step =
            backwards ? 0 - static_cast<std::uint64_t>(steps[i]) : static_cast<std::uint64_t>(steps[i]);
        std::uint64_t& total = backwards ? ends.below : ends.above;
        if (step != 0 && last > (UINT64_MAX / 2 - total) / step) {
            ends.overflows = true;
            return ends;
        }
        total += last * step;
    }
    return ends;
}

} // namespace detail

/// A tensor read through strides: a slice, a transpose, a channels-last weight, a broadcast.
/// storage:  little-endian elements; all the walk may touch
/// offset:   of the element at index zero of every axis, in elements from the start of the storage
/// errors:   those of byte_count; strides_rank_mismatch; sub_byte_strides; outside_storage
/// lifetime: borrows the storage
inline result<tensor_view> strided_view(dtype type, const extents& shape, const strides& steps, bytes storage,
                                        std::uint64_t offset = 0) noexcept
{
    const auto size = byte_count(type, shape);
    if (!size)
        return size.error();
    if (steps.problem() != errc{})
        return axes_error(steps);
    if (steps.size() != shape.size())
        return error{.code = errc::strides_rank_mismatch, .expected = shape.size(), .actual = steps.size()};
    if (is_sub_byte(type))
        return error{.code = errc::sub_byte_strides};
    tensor_view view{.type = type, .shape = shape, .size = *size};
    if (*size == 0)
        return view;

    const std::size_t   width = element_size(type);
    const std::uint64_t stored = storage.size() / width;
    const detail::reach ends = detail::reach_of(shape, steps);
    if (ends.overflows || offset >= stored || ends.below > offset || ends.above >= stored - offset) {
        const bool unnamed = ends.overflows || ends.below > offset || ends.above > UINT64_MAX - offset;
        const std::uint64_t reached = unnamed ? UINT64_MAX : offset + ends.above;
        return error{.code = errc::outside_storage, .expected = stored, .actual = reached};
    }
    view.data = storage.data() + memory_size(offset) * width;
    if (detail::are_packed(shape, steps))
        return view;
    view.steps = steps;
    view.pour = detail::pour_strided;
    return view;
}

template <detail::passing_bytes Range>
result<tensor_view> strided_view(dtype type, const extents& shape, const strides& steps, Range&& temporary,
                                 std::uint64_t offset = 0) = delete;

/// The same over a container or span of scalars.
/// lifetime: borrows the elements
template <class Range>
requires detail::lasting_scalar_range<Range> result<tensor_view> strided_view(Range&&        storage,
                                                                              const extents& shape,
                                                                              const strides& steps,
                                                                              std::uint64_t  offset = 0)
noexcept
{
    using element = std::remove_cv_t<std::remove_pointer_t<decltype(std::data(storage))>>;
    const std::span<const element> elements(std::data(storage), std::size(storage));
    auto view = strided_view(dtype_of<element>, shape, steps, std::as_bytes(elements), offset);
    if constexpr (std::endian::native == std::endian::big && sizeof(element) > 1) {
        if (view)
            view->pour = view->is_packed() ? detail::pour_swapped : detail::pour_strided_swapped;
    }
    return view;
}

template <class Range>
requires(detail::scalar_range<Range> &&
         !detail::lasting_scalar_range<Range>) result<tensor_view> strided_view(Range&&        temporary,
                                                                                const extents& shape,
                                                                                const strides& steps,
                                                                                std::uint64_t  offset = 0)
= delete;

} // namespace stet::inline v0_1

#endif
