// SPDX-License-Identifier: MIT
#include "gather.hpp"
#include "scalar_words.hpp"

#include <cstring>
#include <span>

namespace STET_NAMESPACE::detail {

STET_INLINE std::size_t fastest_axis(array_view<const walked_axis> axes) noexcept
{
    std::size_t   fastest = axes.size() - 1;
    std::uint64_t least = UINT64_MAX;
    for (std::size_t i = axes.size(); i-- > 0;) {
        const std::ptrdiff_t stride = axes[i].stride < 0 ? -axes[i].stride : axes[i].stride;
        if (stride != 0 && static_cast<std::uint64_t>(stride) < least) {
            least = static_cast<std::uint64_t>(stride);
            fastest = i;
        }
    }
    return fastest;
}

STET_INLINE void copy_two_axes(std::byte* to, const std::byte* from, std::size_t run,
                               const copied_axis& inner, const copied_axis& outer) noexcept
{
    switch (run) {
    case 1:
        return copy_plane<1>(to, from, inner, outer);
    case 2:
        return copy_plane<2>(to, from, inner, outer);
    case 4:
        return copy_plane<4>(to, from, inner, outer);
    case 8:
        return copy_plane<8>(to, from, inner, outer);
    default:
        break;
    }
    // Along the source where that is worth a loop.
    const std::ptrdiff_t stride = inner.from < 0 ? -inner.from : inner.from;
    const bool           is_turned = outer.from != 0 && outer.from < stride && -outer.from < stride;
    if (is_turned ? outer.size < 4 && inner.size > 4 : inner.size >= 4 || inner.size >= outer.size)
        return copy_runs(to, from, run, outer, inner);
    return copy_runs(to, from, run, inner, outer);
}

STET_INLINE void copy_packed(std::byte* to, const std::byte* from, std::size_t run,
                             array_view<const walked_axis> axes) noexcept
{
    if (axes.empty()) {
        std::memcpy(to, from, run);
        return;
    }
    const auto copied = [&](std::size_t axis) {
        auto size = static_cast<std::ptrdiff_t>(run);
        for (std::size_t i = axis + 1; i < axes.size(); ++i)
            size *= static_cast<std::ptrdiff_t>(axes[i].size);
        return copied_axis{.size = memory_size(axes[axis].size), .from = axes[axis].stride, .to = size};
    };
    const std::size_t last = axes.size() - 1;
    const copied_axis inner = copied(last);
    if (last == 0)
        return copy_two_axes(to, from, run, inner, {.size = 1, .from = 0, .to = 0});
    const std::size_t fastest = fastest_axis(axes);
    const std::size_t second = fastest == last ? last - 1 : fastest;
    const copied_axis outer = copied(second);

    std::array<walked_axis, most_axes>    others{};
    std::array<std::ptrdiff_t, most_axes> strides_to{};
    std::size_t                           rank = 0;
    for (std::size_t i = 0; i < last; ++i) {
        if (i != second) {
            others[rank] = axes[i];
            strides_to[rank++] = copied(i).to;
        }
    }
    each_place({others.data(), rank}, [&](std::ptrdiff_t offset, array_view<const std::uint64_t> at) {
        std::ptrdiff_t target = 0;
        for (std::size_t i = 0; i < rank; ++i)
            target += static_cast<std::ptrdiff_t>(at[i]) * strides_to[i];
        copy_two_axes(to + target, from + offset, run, inner, outer);
        return true;
    });
}

STET_INLINE block_cut cut_to_fit(const walk& axes, std::size_t capacity) noexcept
{
    block_cut cut{.axis = axes.rank() - 1, .count = 0, .bytes = axes.run()};
    while (cut.axis != 0 && axes[cut.axis].size <= capacity / cut.bytes)
        cut.bytes *= memory_size(axes[cut.axis--].size);
    cut.count = smaller_size(axes[cut.axis].size, std::uint64_t{capacity / cut.bytes});
    const std::uint64_t whole_lines =
        256 / smaller_size(axes.run(), std::size_t{256}); // of the source, if turned
    if (cut.count < axes[cut.axis].size && cut.count > whole_lines)
        cut.count -= cut.count % whole_lines;
    return cut;
}

STET_INLINE gatherer::gatherer(const walk& axes, const std::byte* first, std::size_t swapped_width,
                               sink_ref destination) noexcept
    : axes_(&axes), first_(first), swapped_width_(swapped_width), destination_(destination)
{
}

STET_INLINE result<void> gatherer::pour(std::uint64_t size)
{
    const bool is_turned = fastest_axis(axes_->axes()) + 1 != axes_->rank();
    const auto wanted = memory_size(smaller_size(size, is_turned ? turned_block : block));
    const auto lent = destination_.lend(wanted);
    if (!lent)
        return lent.error();
    lends_ = lent->size() >= smaller_size(wanted, own_.size());
    const block_cut cut = cut_to_fit(*axes_, lends_ ? smaller_size(wanted, lent->size()) : own_.size());

    result<void> outcome;
    each_place(axes_->axes().first(cut.axis), [&](std::ptrdiff_t offset, array_view<const std::uint64_t>) {
        outcome = pour_axis(first_ + offset, cut);
        return static_cast<bool>(outcome);
    });
    return outcome;
}

STET_INLINE result<void> gatherer::pour_axis(const std::byte* from, const block_cut& cut)
{
    std::array<walked_axis, most_axes> inside{};
    const std::size_t                  rank = axes_->rank() - cut.axis;
    for (std::size_t i = 0; i < rank; ++i)
        inside[i] = (*axes_)[cut.axis + i];
    const walked_axis whole = inside[0];
    for (std::uint64_t i = 0; i < whole.size; i += cut.count) {
        inside[0].size = smaller_size(cut.count, whole.size - i);
        const std::size_t size = memory_size(inside[0].size) * cut.bytes;
        const auto        room = lends_ ? destination_.lend(size) : std::span<std::byte>(own_);
        if (!room)
            return room.error();
        if (room->size() < size)
            return error{.code = errc::sink_full, .expected = size, .actual = room->size()};
        copy_packed(room->data(), from + static_cast<std::ptrdiff_t>(i) * whole.stride, axes_->run(),
                    {inside.data(), rank});
        swap_scalars(room->data(), size, swapped_width_);
        if (auto written = destination_.write(room->first(size)); !written)
            return written;
    }
    return {};
}

STET_INLINE result<void> pour_runs(const walk& axes, const std::byte* first, std::size_t swapped_width,
                                   sink_ref destination)
{
    result<void> outcome;
    each_place(axes.axes(), [&](std::ptrdiff_t offset, array_view<const std::uint64_t>) {
        const bytes run(first + offset, axes.run());
        outcome =
            swapped_width == 1 ? destination.write(run) : write_swapped(run, swapped_width, destination);
        return static_cast<bool>(outcome);
    });
    return outcome;
}

STET_INLINE result<void> pour_walk(const walk& axes, const std::byte* first, std::uint64_t size,
                                   std::size_t swapped_width, sink_ref destination)
{
    constexpr std::size_t run_without_block = 4096; // joining longer ones costs more than it saves
    if (axes.rank() == 0 || axes.run() >= run_without_block)
        return pour_runs(axes, first, swapped_width, destination);
    return gatherer(axes, first, swapped_width, destination).pour(size);
}

} // namespace STET_NAMESPACE::detail
