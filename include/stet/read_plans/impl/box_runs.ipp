// SPDX-License-Identifier: MIT
#include "../read_plan.hpp"
#include "box_runs.hpp"

namespace STET_NAMESPACE::detail {

/// False when the product passes 2^64.
constexpr bool multiplied(std::uint64_t& product, std::uint64_t factor) noexcept
{
    if (factor != 0 && product > UINT64_MAX / factor)
        return false;
    product *= factor;
    return true;
}

inline bool is_whole(const read_plans::wanted& one) noexcept
{
    return one.begin.empty() && one.end.empty();
}

/// How many indices the box has along an axis.
inline std::uint64_t box_extent(const read_plans::wanted& one, std::size_t axis) noexcept
{
    return is_whole(one) ? one.shape[axis] : one.end[axis] - one.begin[axis];
}

inline std::uint64_t box_begin(const read_plans::wanted& one, std::size_t axis) noexcept
{
    return is_whole(one) ? 0 : one.begin[axis];
}

inline result<void> is_in_shape(const read_plans::wanted& one) noexcept
{
    if (is_whole(one))
        return {};
    const std::size_t rank = one.shape.size();
    for (const std::size_t given : {one.begin.size(), one.end.size()}) {
        if (given != rank)
            return error{.code = errc::no_such_axis, .expected = rank, .actual = given}.about(one.name);
    }
    for (std::size_t i = 0; i < rank; ++i) {
        if (one.begin[i] > one.end[i] || one.end[i] > one.shape[i])
            return error{.code = errc::no_such_axis,
                         .expected = one.shape[i],
                         .actual = one.begin[i] > one.end[i] ? one.begin[i] : one.end[i]}
                .about(one.name);
    }
    return {};
}

STET_INLINE result<box_runs> runs_of(const read_plans::wanted& one) noexcept
{
    if (one.element_bits == 0)
        return error{.code = errc::invalid_setting}
            .with("4, 6 or those of whole bytes")
            .about("element_bits");
    if (auto inside = is_in_shape(one); !inside)
        return inside.error();
    bool is_empty = false;
    for (std::size_t i = 0; i < one.shape.size(); ++i)
        is_empty = is_empty || box_extent(one, i) == 0;
    if (is_empty)
        return box_runs{.first = one.offset};

    const auto overflow = [&] { return error{.code = errc::tensor_size_overflow}.about(one.name); };
    const auto uneven = [&](std::uint64_t bits) {
        return error{.code = errc::partial_byte, .actual = bits}.about(one.name);
    };
    box_runs      runs{.count = 1, .outer = one.shape.size()};
    std::uint64_t stride = one.element_bits; // in bits, of the axis looked at
    std::uint64_t first = 0;
    std::uint64_t size = one.element_bits;
    bool          is_joined = true; // so far each row begins where the one before it ends
    while (runs.outer > 0 && is_joined) {
        const std::size_t axis = --runs.outer;
        is_joined = box_extent(one, axis) == one.shape[axis];
        size = stride * box_extent(one, axis); // no more than the whole axis
        first += stride * box_begin(one, axis);
        if (!multiplied(stride, one.shape[axis]))
            return overflow();
    }
    if (size % 8 != 0 || first % 8 != 0)
        return uneven(size);
    for (std::size_t axis = runs.outer; axis-- > 0;) {
        if (box_extent(one, axis) > 1 && stride % 8 != 0)
            return uneven(stride);
        first += stride * box_begin(one, axis);
        if (!multiplied(stride, one.shape[axis]))
            return overflow();
        runs.count *= box_extent(one, axis); // fits, as the shape's own product does
    }
    if (first % 8 != 0)
        return uneven(first);
    runs.first = one.offset + first / 8;
    runs.size = size / 8;
    return runs;
}

STET_INLINE bool box_walk::begin(const read_plans::wanted& one, const box_runs& runs) noexcept
{
    axes_.clear();
    offset_ = runs.first;
    std::uint64_t stride = one.element_bits;
    for (std::size_t i = one.shape.size(); i-- > 0; stride *= one.shape[i]) {
        const std::uint64_t count = box_extent(one, i);
        if (i < runs.outer && count > 1 && !axes_.push({.count = count, .stride = stride / 8}))
            return false;
    }
    return true;
}

STET_INLINE void box_walk::next() noexcept
{
    for (axis& each : axes_) {
        offset_ += each.stride;
        if (++each.at < each.count)
            return;
        offset_ -= each.stride * each.count;
        each.at = 0;
    }
}

} // namespace STET_NAMESPACE::detail
