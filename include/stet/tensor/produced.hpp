// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_PRODUCED_HPP
#define STET_TENSOR_PRODUCED_HPP

#include "extents.hpp"
#include "tensor_view.hpp"

#include <concepts>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

/// Writes an object's bytes to a sink and keeps no state of its own: a lambda without captures.
template <class Producer, class Object>
concept producer_of = std::is_empty_v<Producer> && std::default_initializable<Producer> &&
                      requires(Producer produce, const Object& object, sink_ref destination) {
                          {
                              produce(object, destination)
                          } -> std::same_as<result<void>>;
                      };

} // namespace detail

/// Views a tensor whose bytes exist only while it is written: read back from a device, decompressed, computed.
/// produce:  writes the bytes, row-major, packed and little-endian, in pieces of any size. May put them where the sink
///           wants them, see sink_ref::lend. Runs once a save, and once more where hashes::while_saving says so, on the
///           thread that writes the file. May throw where exceptions are on: the save lets them pass and leaves no file.
///           May start another save
/// errors:   those of byte_count; while writing, produced_size_mismatch when the count of bytes is wrong
/// lifetime: borrows the object
template <class Object, detail::producer_of<Object> Producer>
result<tensor_view> produced_view(dtype type, const extents& shape, const Object& object, Producer) noexcept
{
    const auto size = byte_count(type, shape);
    if (!size)
        return size.error();
    return tensor_view{.type = type,
                       .shape = shape,
                       .size = *size,
                       .data = &object,
                       .pour = [](const tensor_view& tensor, sink_ref destination) -> result<void> {
                           return Producer{}(*static_cast<const Object*>(tensor.data), destination);
                       }};
}

template <class Object, detail::producer_of<Object> Producer>
result<tensor_view> produced_view(dtype type, const extents& shape, const Object&& temporary,
                                  Producer) = delete;

} // namespace STET_NAMESPACE

#endif
