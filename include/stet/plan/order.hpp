// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_ORDER_HPP
#define STET_PLAN_ORDER_HPP

#include "../tensor/dtype.hpp"

#include <cstdint>

namespace stet::inline v0_1 {

/// In which order tensors stand in the file, and how far the data is aligned. Tensors are grouped, higher groups come
/// first, and inside a group names ascend byte by byte. Plain data: write your own group function.
struct file_order {
    std::uint8_t (*group)(dtype type, std::uint64_t size);
    std::uint32_t
        data_alignment; ///< of the first tensor, in bytes from the start of the file; a power of two >= 8
};

/// The order of the reference writer: wider types first. Files are byte-identical to its own.
/// source: safetensors 0.8, prepare()
inline constexpr file_order reference_order{
    .group = [](dtype type, std::uint64_t) { return static_cast<std::uint8_t>(type); },
    .data_alignment = 8,
};

} // namespace stet::inline v0_1

#endif
