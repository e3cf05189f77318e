// SPDX-License-Identifier: MIT

#include "../../sink/sinks.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../strided.hpp"
#include "../views.hpp"

#include <array>
#include <cstddef>

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE result<tensor_view> with_strides(const tensor_view& tensor) noexcept
{
    const bool has_strides = tensor.pour == pour_strided || tensor.pour == pour_strided_swapped;
    if (!has_strides && !tensor.is_packed() && tensor.pour != pour_swapped)
        return error{.code = errc::not_in_memory};
    if (tensor.shape.size() > kept_axes)
        return error{.code = errc::too_many_axes, .expected = kept_axes, .actual = tensor.shape.size()};
    if (has_strides)
        return tensor;
    if (is_sub_byte(tensor.type))
        return error{.code = errc::sub_byte_strides};

    tensor_view walked = tensor;
    walked.pour = tensor.is_packed() ? pour_strided : pour_strided_swapped;
    const std::array<std::int64_t, kept_axes> unset{};
    walked.strides = strides(array_view<const std::int64_t>(unset.data(), tensor.shape.size()));
    std::uint64_t stride = 1; // wraps only for a tensor without elements, which nobody walks
    for (std::size_t i = tensor.shape.size(); i-- > 0;) {
        walked.strides = walked.strides.with(i, static_cast<std::int64_t>(stride));
        stride *= tensor.shape[i];
    }
    return walked;
}

STET_INLINE tensor_view without_needless_strides(tensor_view tensor) noexcept
{
    if (tensor.size == 0 || are_packed(tensor.shape, tensor.strides)) {
        tensor.pour = tensor.pour == pour_strided ? nullptr : pour_swapped;
        tensor.strides = {};
    }
    return tensor;
}

STET_INLINE result<tensor_view> sliced_run(const tensor_view& tensor, std::size_t axis, std::uint64_t begin,
                                           std::uint64_t end) noexcept
{
    if (tensor.shape.size() > kept_axes)
        return error{.code = errc::too_many_axes, .expected = kept_axes, .actual = tensor.shape.size()};
    tensor_view part = tensor;
    part.shape = tensor.shape.with(axis, end - begin);
    if (tensor.size == 0 || end - begin == tensor.shape[axis])
        return part;
    for (std::size_t outer = 0; outer < axis; ++outer) {
        if (tensor.shape[outer] != 1)
            return error{.code = errc::sub_byte_strides};
    }
    const std::uint64_t index_bits = tensor.size * 8 / tensor.shape[axis]; // all bits are less than 2^64
    if (begin * index_bits % 8 != 0 || end * index_bits % 8 != 0)
        return error{.code = errc::partial_byte, .actual = (end - begin) * index_bits};
    part.size = (end - begin) * index_bits / 8;
    if (part.size != 0)
        part.data = static_cast<const std::byte*>(tensor.data) + memory_size(begin * index_bits / 8);
    return part;
}

} // namespace detail

STET_INLINE result<tensor_view> transposed(const tensor_view& tensor, std::size_t first,
                                           std::size_t second) noexcept
{
    const std::size_t rank = tensor.shape.size();
    if (first >= rank || second >= rank)
        return error{.code = errc::no_such_axis, .expected = rank, .actual = first < second ? second : first};
    auto view = detail::with_strides(tensor);
    if (!view)
        return view;
    view->shape = tensor.shape.with(first, tensor.shape[second]).with(second, tensor.shape[first]);
    // [0, 2^63, 2] is a shape of no elements, [2, 2^63, 0] one that no reader accepts.
    if (const auto size = byte_count(view->type, view->shape); !size)
        return size.error();
    const std::int64_t stride = view->strides[first];
    view->strides = view->strides.with(first, view->strides[second]).with(second, stride);
    return detail::without_needless_strides(*view);
}

STET_INLINE result<tensor_view> sliced(const tensor_view& tensor, std::size_t axis, std::uint64_t begin,
                                       std::uint64_t end) noexcept
{
    if (axis >= tensor.shape.size())
        return error{.code = errc::no_such_axis, .expected = tensor.shape.size(), .actual = axis};
    if (begin > end || end > tensor.shape[axis])
        return error{
            .code = errc::no_such_axis, .expected = tensor.shape[axis], .actual = begin > end ? begin : end};
    if (is_sub_byte(tensor.type) && tensor.is_packed())
        return detail::sliced_run(tensor, axis, begin, end);
    auto view = detail::with_strides(tensor);
    if (!view)
        return view;
    if (tensor.size != 0) {
        const auto element = static_cast<std::ptrdiff_t>(element_size(tensor.type));
        const auto skipped =
            static_cast<std::ptrdiff_t>(begin) * detail::memory_distance(view->strides[axis]);
        view->data = static_cast<const std::byte*>(tensor.data) + (begin == end ? 0 : skipped * element);
        view->size = tensor.size / tensor.shape[axis] * (end - begin);
    }
    view->shape = tensor.shape.with(axis, end - begin);
    return detail::without_needless_strides(*view);
}

STET_INLINE result<detail::collected_transpose> detail::collected_transpose::of(
    const tensor_view& tensor, const allocator& memory) noexcept
{
    // As a packed tensor of its shape would be turned.
    tensor_view packed = tensor;
    packed.strides = {};
    packed.pour = nullptr;
    const auto turned = transposed(packed);
    if (!turned)
        return turned.error();
    return detail::collected_transpose(tensor, turned->shape, memory);
}

STET_INLINE tensor_view detail::collected_transpose::view() const& noexcept
{
    return {
        .type = tensor_.type, .shape = shape_, .size = tensor_.size, .data = this, .pour = collect_and_pour};
}

STET_INLINE detail::collected_transpose::collected_transpose(const tensor_view& tensor, const extents& shape,
                                                             const allocator& memory) noexcept
    : tensor_(tensor), shape_(shape), memory_(memory)
{
}

STET_INLINE result<void> detail::collected_transpose::collect_and_pour(const tensor_view& view,
                                                                       sink_ref           destination)
{
    const auto&                      own = *static_cast<const detail::collected_transpose*>(view.data);
    detail::growing_array<std::byte> collected(own.memory_);
    if (!collected.resize(detail::memory_size(own.tensor_.size)))
        return detail::out_of_memory(own.tensor_.size);
    span_sink in_memory({collected.data(), collected.size()});
    if (auto poured = stet::pour(own.tensor_, in_memory); !poured)
        return poured;
    const auto packed = view_of(own.tensor_.type, own.tensor_.shape, in_memory.written());
    if (!packed)
        return packed.error();
    const auto turned = transposed(*packed);
    return turned ? stet::pour(*turned, destination) : result<void>(turned.error());
}

STET_INLINE result<stacked> stacked::of(std::span<const tensor_view> parts) noexcept
{
    if (parts.empty() || parts[0].shape.empty())
        return error{.code = errc::stack_of_scalars};
    const extents& first = parts[0].shape;
    if (first.size() > detail::kept_axes)
        return error{.code = errc::too_many_axes, .expected = detail::kept_axes, .actual = first.size()};
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
