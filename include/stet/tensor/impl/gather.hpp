// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_GATHER_HPP
#define STET_TENSOR_IMPL_GATHER_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../tensor_view.hpp"
#include "copy_plane.hpp"
#include "walk.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The index of the axis along which the source is read fastest; the last of equals, an axis that repeats never.
std::size_t fastest_axis(array_view<const walked_axis> axes) noexcept;

/// Copies two axes, the inner one packed in the destination.
void copy_two_axes(std::byte* to, const std::byte* from, std::size_t run, const copied_axis& inner,
                   const copied_axis& outer) noexcept;

/// Copies all of the axes, packed, into memory that they just fill.
void copy_packed(std::byte* to, const std::byte* from, std::size_t run,
                 array_view<const walked_axis> axes) noexcept;

/// What is gathered at once: some indices of one axis, and everything inside it.
struct block_cut {
    std::size_t   axis;
    std::uint64_t count;
    std::size_t   bytes; ///< of one index
};

/// The largest part of the axes that a block takes.
/// capacity: bytes; at least a run
block_cut cut_to_fit(const walk& axes, std::size_t capacity) noexcept;

/// Gathers what a walk touches in a block, so that the sink sees thousands of elements at a time: in a block that the
/// sink lends, else in one of its own.
class gatherer {
public:
    gatherer(const walk& axes, const std::byte* first, std::size_t swapped_width,
             sink_ref destination) noexcept;

    /// size: bytes of all that is walked
    /// errors: the sink's; sink_full when the sink lends less than before
    result<void> pour(std::uint64_t size);

private:
    // Turned around, each line of the source brings as many rows as it has elements, and is better read once.
    static constexpr std::uint64_t turned_block = std::uint64_t{1} << 20U;
    static constexpr std::uint64_t block = std::uint64_t{1} << 16U;

    result<void> pour_axis(const std::byte* from, const block_cut& cut);

    const walk*                 axes_;
    const std::byte*            first_;
    std::size_t                 swapped_width_;
    sink_ref                    destination_;
    bool                        lends_ = false;
    std::array<std::byte, 8192> own_;
};

/// Writes every run by itself.
result<void> pour_runs(const walk& axes, const std::byte* first, std::size_t swapped_width,
                       sink_ref destination);

/// Writes what a walk touches, in order and packed.
/// size:          bytes of all that is walked, not 0
/// swapped_width: bytes of the scalars to reverse; 1 to write them as they are
/// errors:        the sink's
result<void> pour_walk(const walk& axes, const std::byte* first, std::uint64_t size,
                       std::size_t swapped_width, sink_ref destination);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "gather.ipp"
#endif

#endif
