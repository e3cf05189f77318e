// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_EXTENTS_HPP
#define STET_TENSOR_EXTENTS_HPP

#include "../vocabulary/result.hpp"
#include "axes.hpp"
#include "dtype.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE {

/// How many elements a tensor of this shape has: the product of its axes, multiplied outermost first.
/// errors: tensor_size_overflow as soon as one product passes 2^64, even if a zero follows; negative_dimension;
///         borrowed_axes_expired
/// source: safetensors 0.8, the order in which its reader multiplies
constexpr result<std::uint64_t> element_count(const extents& shape) noexcept
{
    if (shape.problem() != errc{})
        return detail::axes_error(shape);
    std::uint64_t count = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (shape[axis] != 0 && count > UINT64_MAX / shape[axis])
            return error{.code = errc::tensor_size_overflow};
        count *= shape[axis];
    }
    return count;
}

/// How many bytes a tensor of this type and shape occupies in the file.
/// errors: those of element_count; partial_byte when 4- or 6-bit elements do not fill whole bytes
/// source: safetensors README, "Format", notes on sub-byte types
constexpr result<std::uint64_t> byte_count(dtype type, const extents& shape) noexcept
{
    const auto count = element_count(shape);
    if (!count)
        return count.error();
    if (*count > UINT64_MAX / bit_width(type))
        return error{.code = errc::tensor_size_overflow};
    const std::uint64_t bits = *count * bit_width(type);
    if (bits % 8 != 0)
        return error{.code = errc::partial_byte, .actual = bits};
    return bits / 8;
}

} // namespace STET_NAMESPACE

#endif
