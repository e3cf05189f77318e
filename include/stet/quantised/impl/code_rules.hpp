// SPDX-License-Identifier: MIT
// Numbers as scales and codes, as ComfyUI makes them where it rounds to the nearest.
#ifndef STET_QUANTISED_IMPL_CODE_RULES_HPP
#define STET_QUANTISED_IMPL_CODE_RULES_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"
#include "stored_values.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The largest magnitude; NaN where one is among them.
float largest_of(const float* values, std::size_t count, float before = 0) noexcept;

/// The scale of a whole tensor of that largest magnitude: it and its inverse in the type of the values are finite and
/// not 0. A tensor of zeros has the scale 1, as has one whose rule has no such scale.
/// codes:  of bytes
/// values: the type they are given in
float whole_scale(float largest, value_rule rule, dtype codes, dtype values) noexcept;

/// The scale of a row of that largest magnitude.
float row_scale(float largest, value_rule rule) noexcept;

/// Replaces values by what the codes are made of: scaled, rounded to their type, within the codes' range.
void scale_for_float8(float* values, std::size_t count, float scale, dtype codes, dtype type) noexcept;
void int8_codes(float* values, std::size_t count, float scale, dtype type, std::byte* to) noexcept;

/// The code of the scale of a block of 16, and the sixteen codes as eight bytes.
/// whole: the scale of the tensor
std::uint8_t nvfp4_block_scale(const float* values, std::size_t count, float whole) noexcept;
void         nvfp4_codes(const float* values, std::size_t count, float whole, std::uint8_t scale,
                         std::byte* to) noexcept;

/// The code of the scale of a block of 32, and its codes.
std::uint8_t mxfp8_block_scale(const float* values, std::size_t count) noexcept;
void         mxfp8_codes(const float* values, std::size_t count, std::uint8_t scale, std::byte* to) noexcept;

/// Signed nibbles, the even column low. count: even
void int4_codes(const float* values, std::size_t count, float scale, std::byte* to) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "code_rules.ipp"
#endif

#endif
