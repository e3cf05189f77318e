// SPDX-License-Identifier: MIT
#include "../stacked.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

STET_INLINE result<stacked> stacked::of(std::span<const tensor_view> parts) noexcept
{
    if (parts.empty() || parts[0].shape.empty())
        return error{.code = errc::stack_of_scalars};
    const extents& first = parts[0].shape;
    if (first.size() > kept_axes)
        return error{.code = errc::too_many_axes, .expected = kept_axes, .actual = first.size()};
    std::uint64_t rows = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].shape.empty())
            return error{.code = errc::stack_of_scalars};
        if (parts[i].type != parts[0].type || !same_rows(parts[i].shape, first))
            return error{.code = errc::stack_mismatch, .actual = i};
        if (parts[i].shape[0] > UINT64_MAX - rows)
            return error{.code = errc::tensor_size_overflow};
        rows += parts[i].shape[0];
    }
    const extents shape = first.with(0, rows);
    const auto    size = byte_count(parts[0].type, shape);
    if (!size)
        return size.error();
    return stacked(parts, shape, *size);
}

STET_INLINE tensor_view stacked::view() const& noexcept
{
    return {.type = parts_[0].type, .shape = shape_, .size = size_, .data = this, .pour = pour_parts};
}

STET_INLINE stacked::stacked(std::span<const tensor_view> parts, const extents& shape,
                             std::uint64_t size) noexcept
    : parts_(parts), shape_(shape), size_(size)
{
}

STET_INLINE bool stacked::same_rows(const extents& a, const extents& b) noexcept
{
    if (a.size() != b.size())
        return false;
    for (std::size_t axis = 1; axis < a.size(); ++axis) {
        if (a[axis] != b[axis])
            return false;
    }
    return true;
}

STET_INLINE result<void> stacked::pour_parts(const tensor_view& tensor, sink_ref destination)
{
    for (const tensor_view& part : static_cast<const stacked*>(tensor.data)->parts_) {
        if (auto poured = pour(part, destination); !poured)
            return poured;
    }
    return {};
}

} // namespace STET_NAMESPACE
