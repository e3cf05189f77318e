// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_TENSOR_PARTS_HPP
#define STET_SPLIT_IMPL_TENSOR_PARTS_HPP

#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/result.hpp"
#include "../../tensor/impl/collected_transpose.hpp"
#include "../../tensor/transposed.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Some rows of a tensor that exists only while it is written: all of it is produced, the rest passed over.
/// lifetime: borrows what the tensor borrows
class produced_rows {
public:
    /// errors: no_such_axis; partial_byte when a row of 4- or 6-bit elements ends inside a byte
    static result<produced_rows> of(const tensor_view& tensor, std::uint64_t begin,
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

    /// lifetime: borrows this object
    tensor_view view() const& noexcept
    {
        return {.type = tensor_.type, .shape = shape_, .size = size_, .data = this, .pour = pour_rows};
    }
    tensor_view view() const&& = delete;

private:
    produced_rows(const tensor_view& tensor, const extents& shape, std::uint64_t before,
                  std::uint64_t size) noexcept
        : tensor_(tensor), shape_(shape), before_(before), size_(size)
    {
    }

    /// Passes on `left` bytes after the first `skipped`.
    struct window_sink {
        sink_ref      destination;
        std::uint64_t skipped;
        std::uint64_t left;

        result<void> write(bytes data)
        {
            const std::uint64_t passed_over = smaller_size(skipped, std::uint64_t{data.size()});
            skipped -= passed_over;
            data = data.subspan(memory_size(passed_over));
            const std::uint64_t taken = smaller_size(left, std::uint64_t{data.size()});
            left -= taken;
            return taken == 0 ? result<void>() : destination.write(data.first(memory_size(taken)));
        }
    };

    static result<void> pour_rows(const tensor_view& view, sink_ref destination)
    {
        const auto& own = *static_cast<const produced_rows*>(view.data);
        window_sink window{.destination = destination, .skipped = own.before_, .left = own.size_};
        return stet::pour(own.tensor_, window);
    }

    tensor_view   tensor_;
    extents       shape_;
    std::uint64_t before_;
    std::uint64_t size_;
};

/// Rows `begin` up to, not including, `end`: a view where the tensor lies in memory, else cut out while it is written.
/// errors:   no_such_axis, too_many_axes, partial_byte, out_of_memory
/// lifetime: borrows what the tensor borrows, and `own`
inline result<tensor_view> rows_of(const tensor_view& tensor, std::uint64_t begin, std::uint64_t end,
                                   arena& own) noexcept
{
    auto view = sliced(tensor, 0, begin, end);
    if (view || view.error().code != errc::not_in_memory)
        return view;
    const auto rows = produced_rows::of(tensor, begin, end);
    if (!rows)
        return rows.error();
    const produced_rows* const kept = own.keep(*rows);
    return kept == nullptr
               ? result<tensor_view>(error{.code = errc::out_of_memory, .expected = sizeof(produced_rows)})
               : kept->view();
}

/// The tensor with its first two axes exchanged: a view where it lies in memory, else collected while it is written.
/// errors:   projection_rank for fewer than two axes; too_many_axes, sub_byte_strides, tensor_size_overflow,
///           out_of_memory
/// lifetime: borrows what the tensor borrows, and `own`
inline result<tensor_view> turned_back(const tensor_view& tensor, arena& own,
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
    return kept == nullptr ? result<tensor_view>(
                                 error{.code = errc::out_of_memory, .expected = sizeof(collected_transpose)})
                           : kept->view();
}

} // namespace STET_NAMESPACE::detail

#endif
