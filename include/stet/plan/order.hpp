// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_ORDER_HPP
#define STET_PLAN_ORDER_HPP

#include "../tensor/dtype.hpp"

#include <bit>
#include <cstdint>

namespace STET_NAMESPACE {

/// In which order tensors stand in the file, and how far the data is aligned. Tensors are grouped, higher groups come
/// first, and inside a group names ascend byte by byte. Plain data: write your own group function.
struct file_order {
    /// The group of a tensor; higher ones come first.
    std::uint8_t (*group)(dtype type, std::uint64_t size);
    std::uint32_t data_alignment =
        8; ///< of the first tensor, in bytes from the start of the file; a power of two >= 8
    bool keeps_dict_order = false; ///< `group` is not asked: tensors stand as they come
};

/// The order in which the dicts give their tensors, one component after the other: a file that was read keeps its own,
/// and its data every byte.
inline constexpr file_order dict_order{
    .group = [](dtype, std::uint64_t) -> std::uint8_t { return 0; },
    .keeps_dict_order = true,
};

/// The order of the reference writer: wider types first. Files are byte-identical to its own.
/// source: safetensors 0.8, prepare()
inline constexpr file_order reference_order{
    .group = [](dtype type, std::uint64_t) { return static_cast<std::uint8_t>(type); },
    .data_alignment = 8,
};

namespace detail {

constexpr bool is_data_alignment(std::uint32_t alignment) noexcept
{
    return alignment >= 8 && std::has_single_bit(alignment);
}

template <std::uint32_t Alignment>
constexpr file_order order_by_alignment() noexcept
{
    static_assert(is_data_alignment(Alignment) && Alignment <= std::uint32_t{1} << 20U,
                  "stet: tensors are aligned to a power of two from 8 bytes to 1 MiB");
    return {.group = [](dtype, std::uint64_t size) -> std::uint8_t {
                constexpr int highest = std::countr_zero(Alignment);
                const int     group = std::countr_zero(size); // of size 0 the highest: it disturbs nobody
                return static_cast<std::uint8_t>(group < highest ? group : highest);
            },
            .data_alignment = Alignment};
}

} // namespace detail

/// Tensors whose sizes are multiples of larger powers of two first, up to `Alignment`, and the data from a multiple of
/// `Alignment` on: each tensor lies at a multiple of the largest power of two, up to `Alignment`, that divides its
/// size, and none leaves a hole. For mapped files and direct input and output; every reader takes such a file.
/// Alignment: a power of two from 8 bytes to 1 MiB; 4096 suits files that are mapped
template <std::uint32_t Alignment>
inline constexpr file_order aligned_order = detail::order_by_alignment<Alignment>();

} // namespace STET_NAMESPACE

#endif
