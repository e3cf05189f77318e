// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_TENSOR_PARTS_HPP
#define STET_SPLIT_IMPL_TENSOR_PARTS_HPP

#include "../../tensor/views.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/result.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Some rows of a tensor that exists only while it is written: all of it is produced, the rest passed over.
/// lifetime: borrows what the tensor borrows
class produced_rows {
public:
    /// errors: no_such_axis; partial_byte when a row of 4- or 6-bit elements ends inside a byte
    static result<produced_rows> of(const tensor_view& tensor, std::uint64_t begin,
                                    std::uint64_t end) noexcept;

    /// lifetime: borrows this object
    tensor_view view() const& noexcept;
    tensor_view view() const&& = delete;

private:
    produced_rows(const tensor_view& tensor, const extents& shape, std::uint64_t before,
                  std::uint64_t size) noexcept;

    /// Passes on `left` bytes after the first `skipped`.
    struct window_sink {
        sink_ref      destination;
        std::uint64_t skipped;
        std::uint64_t left;

        result<void> write(bytes data);
    };

    static result<void> pour_rows(const tensor_view& view, sink_ref destination);

    tensor_view   tensor_;
    extents       shape_;
    std::uint64_t before_;
    std::uint64_t size_;
};

/// Rows `begin` up to, not including, `end`: a view where the tensor lies in memory, else cut out while it is written.
/// errors:   no_such_axis, too_many_axes, partial_byte, out_of_memory
/// lifetime: borrows what the tensor borrows, and `own`
result<tensor_view> rows_of(const tensor_view& tensor, std::uint64_t begin, std::uint64_t end,
                            arena& own) noexcept;

/// The tensor with its first two axes exchanged: a view where it lies in memory, else collected while it is written.
/// errors:   projection_rank for fewer than two axes; too_many_axes, sub_byte_strides, tensor_size_overflow,
///           out_of_memory
/// lifetime: borrows what the tensor borrows, and `own`
result<tensor_view> turned_back(const tensor_view& tensor, arena& own, const allocator& memory) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "tensor_parts.ipp"
#endif

#endif
