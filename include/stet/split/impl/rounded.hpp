// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_ROUNDED_HPP
#define STET_SPLIT_IMPL_ROUNDED_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The bits of the integer nearest to a float given by its bits, ties to even, with the sign kept.
constexpr std::uint32_t rounded_f32(std::uint32_t bits) noexcept
{
    const std::uint32_t sign = bits & 0x80000000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    const std::uint32_t exponent = magnitude >> 23U;
    if (exponent >= 127 + 23) // an integer already, infinite or a NaN
        return bits;
    if (magnitude <= 0x3F000000U) // up to one half
        return sign;
    if (exponent < 127) // up to one
        return sign | 0x3F800000U;
    // The last bits of the significand are the fraction; a carry goes into the exponent, as it should.
    const std::uint32_t fraction_width = 127 + 23 - exponent;
    const std::uint32_t fraction = magnitude & ((1U << fraction_width) - 1U);
    const std::uint32_t half = 1U << (fraction_width - 1U);
    const std::uint32_t below = magnitude - fraction;
    // Whether the integer below is odd; that of 1.0 is its implied leading bit.
    const bool is_odd = fraction_width == 23 || (below >> fraction_width & 1U) != 0;
    return sign | (fraction > half || (fraction == half && is_odd) ? below + (1U << fraction_width) : below);
}

/// An F32 tensor whose elements are rounded while they are written.
/// lifetime: borrows what the tensor borrows
class rounded {
public:
    /// tensor: of dtype::f32
    explicit rounded(const tensor_view& tensor) noexcept;

    /// lifetime: borrows this object
    tensor_view view() const& noexcept;
    tensor_view view() const&& = delete;

private:
    struct rounding_sink {
        sink_ref                 destination;
        std::array<std::byte, 4> element{};
        std::size_t              have = 0;

        result<void> write(bytes data);
    };

    static result<void> pour_rounded(const tensor_view& view, sink_ref destination);

    tensor_view tensor_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "rounded.ipp"
#endif

#endif
