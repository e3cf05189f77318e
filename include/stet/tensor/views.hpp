// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_VIEWS_HPP
#define STET_TENSOR_VIEWS_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "sizes.hpp"
#include "tensor_view.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

namespace detail {

/// The same tensor with its strides written out and a pour that follows them, so that axes can be exchanged or cut.
/// errors: not_in_memory, too_many_axes, sub_byte_strides
result<tensor_view> with_strides(const tensor_view& tensor) noexcept;

/// Back to the packed form where the strides allow it.
tensor_view without_needless_strides(tensor_view tensor) noexcept;

/// A part of packed 4- or 6-bit elements, which can only be one run of whole bytes.
/// begin, end: a range the axis has
/// errors:     sub_byte_strides, partial_byte, too_many_axes
result<tensor_view> sliced_run(const tensor_view& tensor, std::size_t axis, std::uint64_t begin,
                               std::uint64_t end) noexcept;

} // namespace detail

/// Views the tensor with two axes exchanged; copies nothing.
/// errors:   no_such_axis; not_in_memory for a produced or stacked tensor; too_many_axes; sub_byte_strides;
///           tensor_size_overflow
/// lifetime: borrows what `tensor` borrows
result<tensor_view> transposed(const tensor_view& tensor, std::size_t first = 0,
                               std::size_t second = 1) noexcept;

/// Views the part of the tensor from index `begin` up to, not including, `end` of one axis; copies nothing.
/// errors:   no_such_axis when the axis or the range does not exist; of 4- and 6-bit elements sub_byte_strides for
///           what is no single run, and partial_byte for what begins or ends inside a byte; else as for transposed
/// lifetime: borrows what `tensor` borrows
result<tensor_view> sliced(const tensor_view& tensor, std::size_t axis, std::uint64_t begin,
                           std::uint64_t end) noexcept;

namespace detail {

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

} // namespace detail

/// Joins several tensors along the first axis, such as q, k and v. Writes them one after another and never joins them in
/// memory.
/// lifetime: borrows the span of parts and what each part borrows
class stacked {
public:
    /// errors: stack_of_scalars for no parts or a part of rank 0; stack_mismatch when dtype or trailing shape differ;
    ///         tensor_size_overflow; too_many_axes beyond eight
    static result<stacked> of(std::span<const tensor_view> parts) noexcept;

    /// lifetime: borrows this object
    tensor_view view() const& noexcept;
    tensor_view view() const&& = delete;

private:
    stacked(std::span<const tensor_view> parts, const extents& shape, std::uint64_t size) noexcept;

    static bool same_rows(const extents& a, const extents& b) noexcept;

    static result<void> pour_parts(const tensor_view& tensor, sink_ref destination);

    std::span<const tensor_view> parts_;
    extents                      shape_;
    std::uint64_t                size_;
};

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

#if STET_BODIES
#include "impl/views.ipp"
#endif

#endif
