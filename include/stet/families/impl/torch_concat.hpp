// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_TORCH_CONCAT_HPP
#define STET_FAMILIES_IMPL_TORCH_CONCAT_HPP

#include "../../tensor/views.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace STET_NAMESPACE::detail {

/// One element on its way between dtypes: integers exactly, the rest as double.
struct element_value {
    bool         is_integer = false;
    std::int64_t integer = 0;
    double       real = 0;
};

template <class Scalar>
Scalar read_scalar(const std::byte* from) noexcept
{
    Scalar value{};
    std::memcpy(&value, from, sizeof value);
    return value;
}

/// Reads an element of native byte order.
element_value read_element(dtype type, const std::byte* from) noexcept;

template <class Scalar>
void write_scalar(Scalar value, std::byte* to) noexcept
{
    std::memcpy(to, &value, sizeof value);
}

/// Towards zero; what no integer is near to becomes the least one, as x86 has it.
std::int64_t integer_of(double real) noexcept;

/// Writes an element in native byte order, converted as torch's copy_ does: through float to the half types, towards
/// zero to integers.
void write_element(dtype type, const element_value& value, std::byte* to) noexcept;

/// Types that element_value can hold.
constexpr bool is_convertible(dtype type) noexcept
{
    switch (bit_width(type)) {
    case 64:
        return type == dtype::f64 || type == dtype::i64;
    case 32:
        return type == dtype::f32 || type == dtype::i32;
    case 16:
        return type != dtype::u16;
    case 8:
        return type == dtype::boolean || type == dtype::u8 || type == dtype::i8;
    default:
        return false;
    }
}

/// Converts the packed little-endian elements it is given and passes them on.
class converting_sink {
public:
    converting_sink(dtype from, dtype to, sink_ref destination) noexcept;

    result<void> write(bytes data);

private:
    result<void> convert(std::size_t width);

    static void reverse_on_big_endian([[maybe_unused]] std::array<std::byte, 8>& element,
                                      [[maybe_unused]] std::size_t               width) noexcept;

    dtype                    from_;
    dtype                    to_;
    sink_ref                 destination_;
    std::array<std::byte, 8> element_{};
    std::size_t              have_ = 0;
};

/// The tensor repeated to a shape by numpy's rule: axes are matched from the last, those of size 1 repeat, missing
/// ones are added in front, and surplus ones of size 1 in front fall away.
/// errors: stack_mismatch when it does not fit; those of with_strides
result<tensor_view> broadcast(const tensor_view& tensor, const extents& shape) noexcept;

/// q, k and v as ComfyUI joins them: along the first axis, in q's dtype, k and v repeated and converted where they do
/// not fit. Written part by part, never joined in memory.
/// lifetime: borrows what the parts borrow
class torch_concat {
public:
    /// errors: stack_of_scalars when a part has rank 0; stack_mismatch when one cannot be repeated to q's rows, or
    ///         has a dtype that is not converted here; not_in_memory, too_many_axes, tensor_size_overflow
    static result<torch_concat> of(const std::array<tensor_view, 3>& parts) noexcept;

    /// lifetime: borrows this object
    tensor_view view() const& noexcept;
    tensor_view view() const&& = delete;

private:
    static result<void> pour_parts(const tensor_view& tensor, sink_ref destination);

    std::array<tensor_view, 3> parts_{};
    extents                    shape_{};
    std::uint64_t              size_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "torch_concat.ipp"
#endif

#endif
