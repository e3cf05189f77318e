// SPDX-License-Identifier: MIT
// Elements that lie side by side, cast by whatever the processor has for it. The bits are the same whichever way.
#ifndef STET_TENSOR_IMPL_CAST_RUNS_HPP
#define STET_TENSOR_IMPL_CAST_RUNS_HPP

#include "../../vocabulary/config.hpp"
#include "../dtype.hpp"
#include "../half.hpp"
#include "float_rules.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// What a cast met: finite numbers too large for the target; infinities and NaNs of the source.
struct cast_tally {
    std::uint64_t beyond = 0;
    std::uint64_t not_finite = 0;
};

/// Casts at most most_cast elements, little-endian on both sides, at any address.
using cast_run = void (*)(const std::byte* from, std::size_t count, std::byte* to, cast_tally& tally);

inline constexpr std::size_t most_cast = 1024;

/// The way to cast: one number at a time, or by vectors of that many bytes.
enum class cast_way : std::uint8_t { plain = 0, vectors_of_16 = 16, vectors_of_32 = 32 };

/// The best that this processor has.
cast_way best_cast_way() noexcept;

/// From that dtype to F32, and from F32 to it; null for a dtype that is not cast, and for F32.
cast_run run_to_f32(dtype from, cast_way way) noexcept;
cast_run run_from_f32(dtype to, casts::too_large beyond, cast_way way) noexcept;

/// Casts any number of elements from one dtype to another, both of those that are cast.
class element_caster {
public:
    element_caster(dtype from, dtype to, casts::too_large beyond, cast_way way = best_cast_way()) noexcept;

    /// Little-endian on both sides, at any address; the two do not overlap.
    cast_tally cast(const std::byte* from, std::size_t count, std::byte* to) const noexcept;

private:
    std::size_t from_width_;
    std::size_t to_width_;
    cast_run    first_ = nullptr;  ///< to F32, or to the target at once
    cast_run    second_ = nullptr; ///< from F32, where both are needed
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "cast_runs.ipp"
#endif

#endif
