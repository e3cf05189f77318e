// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_IMPL_COLLECTED_TRANSPOSE_HPP
#define STET_TENSOR_IMPL_COLLECTED_TRANSPOSE_HPP

#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../sink/span_sink.hpp"
#include "../transposed.hpp"

#include <cstddef>

namespace STET_NAMESPACE::detail {

/// A tensor that exists only while it is written, with its first two axes exchanged: it is collected in memory when
/// its turn comes, and let go when it is written.
/// lifetime: borrows what the tensor borrows
class collected_transpose {
public:
    /// errors: no_such_axis for fewer than two axes; too_many_axes; sub_byte_strides
    static result<collected_transpose> of(const tensor_view& tensor, const allocator& memory) noexcept
    {
        // As a packed tensor of its shape would be turned.
        tensor_view packed = tensor;
        packed.steps = {};
        packed.pour = nullptr;
        const auto turned = transposed(packed);
        if (!turned)
            return turned.error();
        return collected_transpose(tensor, turned->shape, memory);
    }

    /// errors:   out_of_memory while it is written, for the size of the tensor
    /// lifetime: borrows this object
    tensor_view view() const& noexcept
    {
        return {.type = tensor_.type,
                .shape = shape_,
                .size = tensor_.size,
                .data = this,
                .pour = collect_and_pour};
    }
    tensor_view view() const&& = delete;

private:
    collected_transpose(const tensor_view& tensor, const extents& shape, const allocator& memory) noexcept
        : tensor_(tensor), shape_(shape), memory_(memory)
    {
    }

    static result<void> collect_and_pour(const tensor_view& view, sink_ref destination)
    {
        const auto&              own = *static_cast<const collected_transpose*>(view.data);
        growing_array<std::byte> collected(own.memory_);
        if (!collected.resize(memory_size(own.tensor_.size)))
            return error{.code = errc::out_of_memory, .expected = own.tensor_.size};
        span_sink in_memory({collected.data(), collected.size()});
        if (auto poured = stet::pour(own.tensor_, in_memory); !poured)
            return poured;
        const auto packed = view_of(own.tensor_.type, own.tensor_.shape, in_memory.written());
        if (!packed)
            return packed.error();
        const auto turned = transposed(*packed);
        return turned ? stet::pour(*turned, destination) : result<void>(turned.error());
    }

    tensor_view tensor_;
    extents     shape_;
    allocator   memory_;
};

} // namespace STET_NAMESPACE::detail

#endif
