// SPDX-License-Identifier: MIT
#include "rotation.hpp"

#include <array>

namespace STET_NAMESPACE::detail {

/// The rows (1,1,1,-1), (1,1,-1,1), (1,-1,1,1), (-1,1,1,1) applied to four numbers that lie apart, for as many fours
/// side by side as they lie apart: a count that a compiler knows is worth twice the speed.
template <std::size_t Distance>
void rotate_fours(float* first) noexcept
{
    for (std::size_t i = 0; i < Distance; ++i) {
        const float sum = first[i] + first[i + Distance];
        const float difference = first[i] - first[i + Distance];
        const float other_sum = first[i + 2 * Distance] + first[i + 3 * Distance];
        const float other_difference = first[i + 2 * Distance] - first[i + 3 * Distance];
        first[i] = sum + other_difference;
        first[i + Distance] = sum - other_difference;
        first[i + 2 * Distance] = difference + other_sum;
        first[i + 3 * Distance] = other_sum - difference;
    }
}

template <std::size_t Distance>
void rotate_level(float* group, std::size_t size) noexcept
{
    for (std::size_t i = 0; i < size; i += 4 * Distance)
        rotate_fours<Distance>(group + i);
}

/// Fours that lie 1024 apart or more, in pieces.
inline void rotate_wide_level(float* group, std::size_t size, std::size_t distance) noexcept
{
    for (std::size_t i = 0; i < size; i += 4 * distance) {
        for (std::size_t k = i; k < i + distance; ++k) {
            const std::array<float, 4> four{group[k], group[k + distance], group[k + 2 * distance],
                                            group[k + 3 * distance]};
            group[k] = four[0] + four[1] + (four[2] - four[3]);
            group[k + distance] = four[0] + four[1] - (four[2] - four[3]);
            group[k + 2 * distance] = four[0] - four[1] + (four[2] + four[3]);
            group[k + 3 * distance] = four[2] + four[3] - (four[0] - four[1]);
        }
    }
}

STET_INLINE void rotate_groups(float* values, std::size_t count, std::size_t group) noexcept
{
    float scale = 1;
    for (std::size_t size = group; size != 1; size /= 4)
        scale /= 2;
    for (std::size_t i = 0; i < count; ++i)
        values[i] *= scale;
    for (std::size_t begin = 0; begin < count; begin += group) {
        float* const rotated = values + begin;
        rotate_level<1>(rotated, group);
        if (group >= 16)
            rotate_level<4>(rotated, group);
        if (group >= 64)
            rotate_level<16>(rotated, group);
        if (group >= 256)
            rotate_level<64>(rotated, group);
        if (group >= 1024)
            rotate_level<256>(rotated, group);
        for (std::size_t distance = 1024; distance < group; distance *= 4)
            rotate_wide_level(rotated, group, distance);
    }
}

} // namespace STET_NAMESPACE::detail
