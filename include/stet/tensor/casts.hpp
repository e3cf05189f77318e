// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_CASTS_HPP
#define STET_TENSOR_CASTS_HPP

#include "../sink/sink.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "half.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::casts {

/// Whether tensors of that dtype are cast, to any other that is: F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E4M3FNUZ,
/// F8_E5M2FNUZ.
constexpr bool is_cast(dtype type) noexcept
{
    return type == dtype::f64 || type == dtype::f32 || type == dtype::f16 || type == dtype::bf16 ||
           type == dtype::f8_e4m3 || type == dtype::f8_e5m2 || type == dtype::f8_e4m3fnuz ||
           type == dtype::f8_e5m2fnuz;
}

/// What a cast met on its way.
struct counts {
    std::uint64_t clipped = 0; ///< finite numbers too large for the target, now its largest, infinite or NaN
    std::uint64_t not_finite = 0; ///< infinities and NaNs of the source

    friend bool operator==(const counts&, const counts&) = default;
};

/// Casts elements as torch does, to the bit: nearest, ties to even, and from F64 to what is narrower than F32 through
/// F32. Where torch's own answer to a NaN depends on the processor, it stays one with its sign and nothing else: F16
/// 7E00, BF16 7FC0, F32 7FC00000, F64 7FF8000000000000. From BF16 to F32 and to their own type elements keep all bits.
/// source:  packed and little-endian, at any address
/// target:  room for exactly as many elements, likewise; does not overlap the source
/// beyond:  of F8_E4M3
/// returns: what it met; nothing where elements keep their type
/// errors:  not_convertible where a dtype is not cast; tensor_size_mismatch
/// as in:   torch 2.15
result<counts> convert(dtype from, bytes source, dtype to, std::span<std::byte> target,
                       too_large beyond = too_large::saturates) noexcept;

} // namespace STET_NAMESPACE::casts

#if STET_BODIES
#include "impl/casts.ipp"
#endif

#endif
