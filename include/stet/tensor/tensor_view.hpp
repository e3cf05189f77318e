// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_TENSOR_VIEW_HPP
#define STET_TENSOR_TENSOR_VIEW_HPP

#include "../sink/sink.hpp"
#include "../vocabulary/config.hpp"
#include "axes.hpp"
#include "dtype.hpp"
#include "impl/own_axes.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

struct tensor_view;

/// Writes a tensor's bytes, row-major, packed and little-endian, in pieces of any size.
/// Runs on the thread that writes the file, once a save, or once more for its hashes, and not beside another tensor's.
/// May throw where exceptions are on: the save lets them pass and removes its file. May start another save, but not write
/// to the sink after it returned.
using pour_function = result<void> (*)(const tensor_view&, sink_ref);

/// Says what a tensor is and where its bytes come from. Plain data that owns nothing.
/// view_of, strided_view, produced_view and stacked make one and check what they are given.
/// lifetime: borrows the bytes, or the object that produces them, for as long as the save runs
struct tensor_view {
    dtype         type = dtype::u8; ///< of its elements
    extents       shape{};          ///< outermost first; empty is a scalar
    stet::strides strides{};        ///< elements; empty unless `pour` walks through strides
    std::uint64_t size = 0;         ///< bytes in the file
    const void*   data = nullptr;   ///< the packed bytes if `pour` is null, else what `pour` reads from
    pour_function pour = nullptr;   ///< null for packed bytes

    /// Whether the bytes lie in memory just as they belong into the file.
    constexpr bool is_packed() const noexcept { return pour == nullptr; }

    /// The bytes of a packed tensor; none of any other.
    bytes packed() const noexcept;

    /// Whether its parts fit together, as they do in what view_of and its like make. Whoever takes a view from outside
    /// asks this before reading its bytes; what can be planned without them may do without data.
    /// errors: those of byte_count; tensor_size_mismatch; strides_rank_mismatch
    result<void> soundness() const noexcept;
};

/// Views raw bytes as a tensor. The bytes are row-major, packed and little-endian.
/// errors:   those of byte_count; tensor_size_mismatch when `data` is not exactly what type and shape need;
///           missing_tensor for bytes at a null pointer
/// lifetime: borrows `data`
result<tensor_view> view_of(dtype type, const extents& shape, bytes data) noexcept;

/// The same, from a pointer and a count of bytes.
result<tensor_view> view_of(dtype type, const extents& shape, const void* data, std::size_t size) noexcept;

namespace detail {

/// Bytes of the scalars that a host of the other byte order has to reverse: a complex number is two side by side.
constexpr std::size_t swapped_width(dtype type) noexcept
{
    return type == dtype::c64 ? 4 : element_size(type);
}

/// Writes packed scalars with the bytes of each reversed.
result<void> write_swapped(bytes scalars, std::size_t width, sink_ref destination);

/// Writes packed scalars with the bytes of each reversed: what a big-endian host has to do.
result<void> pour_swapped(const tensor_view& tensor, sink_ref destination);

/// One-dimensional: what has axes of its own is no range of scalars, even if it has data() and size().
template <class Range>
concept scalar_range = !has_own_axes<std::remove_cvref_t<Range>> && requires(Range& r) {
    requires scalar<std::remove_cv_t<std::remove_pointer_t<decltype(std::data(r))>>>;
    std::size(r);
};

/// What somebody may hold for a tensor, or for the elements of one.
template <class Type>
concept could_be_tensor = std::is_pointer_v<std::remove_cvref_t<Type>> ||
                          has_own_axes<std::remove_cvref_t<Type>> || requires(Type& t) {
                              std::begin(t);
                              std::end(t);
                          };

template <class>
inline constexpr bool never = false;

/// Containers that stay alive: named ones, and spans, which own nothing.
template <class Range>
concept kept_scalar_range =
    scalar_range<Range> && (std::is_lvalue_reference_v<Range> || is_span<std::remove_cvref_t<Range>>);

/// Containers of bytes that are gone when the call returns.
template <class Range>
concept passing_bytes = !std::is_lvalue_reference_v<Range> && !is_span<std::remove_cvref_t<Range>> &&
                        std::convertible_to<Range, bytes>;

} // namespace detail

/// Views a one-dimensional contiguous container, an array or a span of scalars. The elements are row-major, and their
/// type is the dtype.
/// errors:   as for raw bytes
/// lifetime: borrows the elements
template <class Range>
requires detail::kept_scalar_range<Range>
result<tensor_view> view_of(Range&& values, const extents& shape) noexcept
{
    using element = std::remove_cv_t<std::remove_pointer_t<decltype(std::data(values))>>;
    auto view = view_of(dtype_of<element>, shape, detail::bytes_of(std::data(values), std::size(values)));
    if constexpr (std::endian::native == std::endian::big && sizeof(element) > 1) {
        if (view)
            view->pour = detail::pour_swapped;
    }
    return view;
}

template <class Range>
requires(detail::scalar_range<Range> && !detail::kept_scalar_range<Range>)
result<tensor_view> view_of(Range&& temporary, const extents& shape) = delete;

/// Refuses other containers, pointers, and what has axes of its own, with a sentence that says what to write instead.
template <class Other>
requires(detail::could_be_tensor<Other> && !detail::scalar_range<Other>)
result<tensor_view> view_of(Other&&, const extents&) noexcept
{
    constexpr bool is_pointer = std::is_pointer_v<std::remove_cvref_t<Other>>;
    constexpr bool has_axes = detail::has_own_axes<std::remove_cvref_t<Other>>;
    static_assert(!is_pointer, "stet: a pointer does not say how many elements it leads to; write "
                               "view_of(std::span(pointer, count), shape)");
    static_assert(
        !has_axes,
        "stet: this has rows, columns or strides of its own, and a shape beside them can contradict "
        "them; write view_of(tensor) with the header of its library, such as <stet/interop/eigen.hpp>, "
        "or give view_of a std::span of elements that lie row-major");
    static_assert(
        is_pointer || has_axes,
        "stet: view_of takes elements that lie side by side and whose type has a dtype; give the type "
        "a stet::scalar_traits, or write view_of(dtype, shape, pointer, bytes)");
    return error{};
}

/// Refuses elements that are no bytes beside a dtype.
template <class Other>
requires(detail::could_be_tensor<Other> && !std::convertible_to<Other, bytes>)
result<tensor_view> view_of(dtype, const extents&, Other&&) noexcept
{
    static_assert(detail::never<Other>,
                  "stet: beside a dtype bytes are wanted; write view_of(values, shape), or "
                  "std::as_bytes(std::span(values)) for the third argument");
    return error{};
}

template <detail::passing_bytes Range>
result<tensor_view> view_of(dtype type, const extents& shape, Range&& temporary) = delete;

namespace detail {

/// Passes on what fits into a tensor's place and refuses the first byte too many. Remembers the first failure, so
/// that a producer that ignores what write() returns cannot hide it.
class exact_sink {
public:
    exact_sink(sink_ref destination, std::uint64_t size) noexcept : destination_(destination), size_(size) {}

    result<void> write(bytes data);

    result<std::span<std::byte>> lend(std::size_t wanted) { return destination_.lend(wanted); }

    result<void> finish() const;

private:
    error mismatch(std::uint64_t produced) const noexcept;

    sink_ref      destination_;
    std::uint64_t size_;
    std::uint64_t written_ = 0;
    result<void>  outcome_;
};

} // namespace detail

/// Writes exactly the tensor's bytes to the sink.
/// errors: produced_size_mismatch when its producer delivers more or less; the producer's and the sink's own
result<void> pour(const tensor_view& tensor, sink_ref destination);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/tensor_view.ipp"
#endif

#endif
