// SPDX-License-Identifier: MIT
#include "../../tensor/sizes.hpp"
#include "../../tensor/views.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "tensor_parts.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<produced_rows> produced_rows::of(const tensor_view& tensor, std::uint64_t begin,
                                                    std::uint64_t end) noexcept
{
    if (tensor.shape.empty())
        return error{.code = errc::no_such_axis};
    const std::uint64_t rows = tensor.shape[0];
    if (begin > end || end > rows)
        return error{.code = errc::no_such_axis, .expected = rows, .actual = begin > end ? begin : end};
    if (tensor.shape.size() > kept_axes)
        return error{.code = errc::too_many_axes, .expected = kept_axes, .actual = tensor.shape.size()};
    const extents shape = tensor.shape.with(0, end - begin);
    const auto    before = byte_count(tensor.type, tensor.shape.with(0, begin));
    const auto    size = byte_count(tensor.type, shape);
    if (!before || !size)
        return before ? size.error() : before.error();
    return produced_rows(tensor, shape, *before, *size);
}

STET_INLINE tensor_view produced_rows::view() const& noexcept
{
    return {.type = tensor_.type, .shape = shape_, .size = size_, .data = this, .pour = pour_rows};
}

STET_INLINE produced_rows::produced_rows(const tensor_view& tensor, const extents& shape,
                                         std::uint64_t before, std::uint64_t size) noexcept
    : tensor_(tensor), shape_(shape), before_(before), size_(size)
{
}

STET_INLINE result<void> produced_rows::window_sink::write(bytes data)
{
    const std::uint64_t passed_over = smaller_size(skipped, std::uint64_t{data.size()});
    skipped -= passed_over;
    data = data.subspan(memory_size(passed_over));
    const std::uint64_t taken = smaller_size(left, std::uint64_t{data.size()});
    left -= taken;
    return taken == 0 ? result<void>() : destination.write(data.first(memory_size(taken)));
}

STET_INLINE result<void> produced_rows::pour_rows(const tensor_view& view, sink_ref destination)
{
    const auto& own = *static_cast<const produced_rows*>(view.data);
    window_sink window{.destination = destination, .skipped = own.before_, .left = own.size_};
    return stet::pour(own.tensor_, window);
}

STET_INLINE result<tensor_view> rows_of(const tensor_view& tensor, std::uint64_t begin, std::uint64_t end,
                                        arena& own) noexcept
{
    auto view = sliced(tensor, 0, begin, end);
    if (view || view.error().code != errc::not_in_memory)
        return view;
    const auto rows = produced_rows::of(tensor, begin, end);
    if (!rows)
        return rows.error();
    const produced_rows* const kept = own.keep(*rows);
    return kept == nullptr ? result<tensor_view>(detail::out_of_memory(sizeof(produced_rows))) : kept->view();
}

STET_INLINE result<tensor_view> turned_back(const tensor_view& tensor, arena& own,
                                            const allocator& memory) noexcept
{
    if (tensor.shape.size() < 2)
        return error{.code = errc::projection_rank, .actual = tensor.shape.size()};
    auto view = transposed(tensor, 0, 1);
    if (view || view.error().code != errc::not_in_memory)
        return view;
    const auto collected = collected_transpose::of(tensor, memory);
    if (!collected)
        return collected.error();
    const collected_transpose* const kept = own.keep(*collected);
    return kept == nullptr ? result<tensor_view>(detail::out_of_memory(sizeof(collected_transpose)))
                           : kept->view();
}

} // namespace STET_NAMESPACE::detail
