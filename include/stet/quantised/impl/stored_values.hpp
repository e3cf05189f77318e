// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_STORED_VALUES_HPP
#define STET_QUANTISED_IMPL_STORED_VALUES_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// How a layer's codes and scales become numbers.
enum class value_rule : std::uint8_t {
    bytes,         ///< a code of one byte times a scale
    rotated_bytes, ///< the same in rows, rotated back
    nvfp4,
    mxfp8,
    convrot_w4a4,
    asym_w4a8,
    awq_w4a16,
    bitsandbytes,
};

/// A layer's tensors with what their shapes and its marker say, found to fit together. A bank of experts is their
/// matrices one after the other.
struct stored_values {
    value_rule    rule = value_rule::bytes;
    dtype         codes = dtype::i8; ///< of bytes: I8, F8_E4M3 or F8_E5M2
    bool          is_e5m2_read_as_e4m3 = false;
    std::uint64_t experts = 1;
    std::uint64_t stored_rows = 1;    ///< of an expert
    std::uint64_t stored_columns = 0; ///< elements
    std::uint64_t rows = 1;           ///< of an expert, without padding
    std::uint64_t columns = 0;        ///< without padding; of bytes and bitsandbytes all elements
    std::uint64_t group = 1;          ///< neighbours with one scale
    std::uint64_t rotation = 0;       ///< of asym_w4a8, convrot_w4a4, rotated_bytes
    unsigned      bits = 4;           ///< of asym_w4a8, 4 or 6
    tensor_view   weight{};
    tensor_view   scale{};      ///< of a group; of bytes: none for codes that are the values
    tensor_view second_scale{}; ///< nvfp4: of an expert; asym_w4a8: of a row; bitsandbytes: of nested scales
    tensor_view zeros{};        ///< awq_w4a16
    tensor_view levels{};       ///< asym_w4a8, if there are some; bitsandbytes
    tensor_view nested_levels{};
    std::uint64_t nested_group = 1;
    float         nested_offset = 0;
};

/// Bytes that the codes of one row take; of rules without rows, of the least that stands alone.
/// columns: as stored
constexpr std::uint64_t stored_row_size(value_rule rule, std::uint64_t columns, unsigned bits) noexcept
{
    switch (rule) {
    case value_rule::nvfp4:
    case value_rule::convrot_w4a4:
    case value_rule::awq_w4a16:
        return columns / 2;
    case value_rule::asym_w4a8:
        return columns / 8 * bits;
    case value_rule::bytes:
    case value_rule::bitsandbytes:
        return 1;
    case value_rule::rotated_bytes:
    case value_rule::mxfp8:
        break;
    }
    return columns;
}

/// How many values there are, without padding.
constexpr std::uint64_t value_count(const stored_values& layer) noexcept
{
    return layer.experts * layer.rows * layer.columns;
}

} // namespace STET_NAMESPACE::detail

#endif
