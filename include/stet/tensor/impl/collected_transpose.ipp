// SPDX-License-Identifier: MIT
#include "../../sink/span_sink.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../collected_transpose.hpp"
#include "../transposed.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

STET_INLINE result<collected_transpose> collected_transpose::of(const tensor_view& tensor,
                                                                const allocator&   memory) noexcept
{
    // As a packed tensor of its shape would be turned.
    tensor_view packed = tensor;
    packed.strides = {};
    packed.pour = nullptr;
    const auto turned = transposed(packed);
    if (!turned)
        return turned.error();
    return collected_transpose(tensor, turned->shape, memory);
}

STET_INLINE tensor_view collected_transpose::view() const& noexcept
{
    return {
        .type = tensor_.type, .shape = shape_, .size = tensor_.size, .data = this, .pour = collect_and_pour};
}

STET_INLINE collected_transpose::collected_transpose(const tensor_view& tensor, const extents& shape,
                                                     const allocator& memory) noexcept
    : tensor_(tensor), shape_(shape), memory_(memory)
{
}

STET_INLINE result<void> collected_transpose::collect_and_pour(const tensor_view& view, sink_ref destination)
{
    const auto&                      own = *static_cast<const collected_transpose*>(view.data);
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

} // namespace STET_NAMESPACE
