// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_COLLECTED_TRANSPOSE_HPP
#define STET_TENSOR_COLLECTED_TRANSPOSE_HPP

#include "../vocabulary/allocator.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "tensor_view.hpp"

namespace STET_NAMESPACE {

/// A tensor that exists only while it is written, with its first two axes exchanged: it is collected in memory when
/// its turn comes, and let go when it is written.
/// lifetime: borrows what the tensor borrows
class collected_transpose {
public:
    /// errors: no_such_axis for fewer than two axes; too_many_axes; sub_byte_strides
    static result<collected_transpose> of(const tensor_view& tensor, const allocator& memory) noexcept;

    /// errors:   out_of_memory while it is written, for the size of the tensor
    /// lifetime: borrows this object
    tensor_view view() const& noexcept;
    tensor_view view() const&& = delete;

private:
    collected_transpose(const tensor_view& tensor, const extents& shape, const allocator& memory) noexcept;

    static result<void> collect_and_pour(const tensor_view& view, sink_ref destination);

    tensor_view tensor_;
    extents     shape_;
    allocator   memory_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/collected_transpose.ipp"
#endif

#endif
