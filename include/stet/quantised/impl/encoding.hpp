// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_ENCODING_HPP
#define STET_QUANTISED_IMPL_ENCODING_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "stored_values.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A tensor and how it is stored. Plain data.
struct encoding {
    value_rule    rule = value_rule::bytes;
    dtype         codes = dtype::f8_e4m3; ///< of bytes and rotated bytes: F8_E4M3, F8_E5M2, I8
    tensor_view   values{};               ///< F32, F16 or BF16
    std::uint64_t rows = 1;
    std::uint64_t columns = 0;        ///< of bytes that share a scale: all elements
    std::uint64_t stored_rows = 1;    ///< with padding
    std::uint64_t stored_columns = 0; ///< with padding
    std::uint64_t rotation = 0;
    std::uint64_t group = 0;          ///< of asym_w4a8
    unsigned      bits = 4;           ///< of asym_w4a8
    bool          has_levels = false; ///< of asym_w4a8
    float         scale = 1;          ///< of the whole tensor
    const float*  row_scales = nullptr;
    allocator     memory = heap();
};

} // namespace STET_NAMESPACE::detail

#endif
