// SPDX-License-Identifier: MIT
#include "../../tensor/casts.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "mixing.hpp"

#include <bit>
#include <cmath>
#include <span>

namespace STET_NAMESPACE::detail {

/// Between the bytes of a file and floats of this machine.
inline void turn_floats(std::byte* floats, std::size_t count) noexcept
{
    if constexpr (std::endian::native == std::endian::big) {
        for (std::size_t i = 0; i < count; ++i) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, floats + i * sizeof bits, sizeof bits);
            bits = bits << 24U | (bits & 0xFF00U) << 8U | (bits >> 8U & 0xFF00U) | bits >> 24U;
            std::memcpy(floats + i * sizeof bits, &bits, sizeof bits);
        }
    }
}

STET_INLINE result<void> operand_reader::read(float* to, std::size_t count)
{
    const std::size_t width = element_size(type_);
    const auto        piece = layer_ ? layer_->next(count * width) : plain_.next(count * width);
    if (!piece)
        return piece.error();
    const std::span<std::byte> target(reinterpret_cast<std::byte*>(to), count * sizeof(float));
    if (const auto cast = casts::convert(type_, *piece, dtype::f32, target); !cast)
        return cast.error();
    turn_floats(target.data(), count);
    return {};
}

STET_INLINE mixing::mixing(const mixture& mixed) noexcept
    : mixed_(mixed),
      readers_{operand_reader(mixed.of[0], mixed.memory), operand_reader(mixed.of[1], mixed.memory),
               operand_reader(mixed.of[2], mixed.memory)},
      floats_(mixed.memory), made_(mixed.memory)
{
}

STET_INLINE result<void> mixing::prepare()
{
    if (!floats_.resize(5 * block) || !made_.resize(block * sizeof(float)))
        return out_of_memory(6 * block * sizeof(float));
    return {};
}

/// Whether an operand has a part in the result.
STET_INLINE bool mixing::needs(std::size_t which) const noexcept
{
    switch (which) {
    case 0:
        return mixed_.how != blend::second || mixed_.skip != 0;
    case 1:
        return mixed_.how != blend::first;
    default:
        return mixed_.how == blend::difference;
    }
}

STET_INLINE result<void> mixing::write(std::size_t count, bool is_mixed, sink_ref destination)
{
    for (std::size_t which = 0; which < (is_mixed ? readers_.size() : 1); ++which) {
        if (!needs(which))
            continue;
        if (auto read = readers_[which].read(numbers_of(which), count); !read)
            return read;
    }
    float* const mixed = numbers_of(3);
    if (is_mixed)
        mix(count);
    else
        std::memcpy(mixed, numbers_of(0), count * sizeof(float));
    count_not_finite(count, is_mixed);
    turn_floats(reinterpret_cast<std::byte*>(mixed), count);
    const std::span<std::byte> made(made_.data(), count * element_size(mixed_.type));
    const auto                 cast = casts::convert(dtype::f32, bytes_of(mixed, count), mixed_.type, made);
    if (!cast)
        return cast.error();
    numbers_.became_infinite += cast->clipped;
    return destination.write(made);
}

/// Each product is rounded before the sum: they lie in memory, so that no compiler fuses the two.
STET_INLINE void mixing::mix(std::size_t count) noexcept
{
    const float* const a = numbers_of(0);
    const float* const b = numbers_of(1);
    const float* const c = numbers_of(2);
    float* const       mixed = numbers_of(3);
    const float        x = mixed_.x;
    const float        y = mixed_.y;
    float* const       product = numbers_of(4);
    switch (mixed_.how) {
    case blend::first:
    case blend::compared:
        std::memcpy(mixed, a, count * sizeof(float));
        return;
    case blend::second:
        std::memcpy(mixed, b, count * sizeof(float));
        return;
    case blend::weighted:
        for (std::size_t i = 0; i < count; ++i)
            mixed[i] = a[i] * x;
        for (std::size_t i = 0; i < count; ++i)
            product[i] = b[i] * y;
        break;
    case blend::difference:
        for (std::size_t i = 0; i < count; ++i)
            product[i] = b[i] - c[i];
        for (std::size_t i = 0; i < count; ++i)
            product[i] *= x;
        std::memcpy(mixed, a, count * sizeof(float));
        break;
    }
    for (std::size_t i = 0; i < count; ++i)
        mixed[i] += product[i];
}

STET_INLINE void mixing::count_not_finite(std::size_t count, bool is_mixed) noexcept
{
    constexpr std::uint32_t exponent = 0x7F800000;
    const float* const      mixed = numbers_of(3);
    std::uint32_t           found = 0;
    for (std::size_t i = 0; i < count; ++i)
        found += (std::bit_cast<std::uint32_t>(mixed[i]) & exponent) == exponent ? 1U : 0U;
    if (found == 0)
        return;
    for (std::size_t i = 0; i < count; ++i) {
        if (std::isfinite(mixed[i]))
            continue;
        bool had_nan = false;
        bool had_infinity = false;
        for (std::size_t which = 0; which < readers_.size(); ++which) {
            const bool has_part =
                is_mixed ? needs(which) && (which != 0 || mixed_.how != blend::second) : which == 0;
            if (!has_part)
                continue;
            had_nan = had_nan || std::isnan(numbers_of(which)[i]);
            had_infinity = had_infinity || std::isinf(numbers_of(which)[i]);
        }
        const bool is_nan = std::isnan(mixed[i]);
        if (had_nan || (had_infinity && !is_nan))
            ++numbers_.passed_on;
        else if (is_nan)
            ++numbers_.became_nan;
        else
            ++numbers_.became_infinite;
    }
}

} // namespace STET_NAMESPACE::detail
