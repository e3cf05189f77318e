// SPDX-License-Identifier: MIT
// The ways to store a weight that ComfyUI and bitsandbytes know.
#ifndef STET_QUANTISED_IMPL_FORMATS_HPP
#define STET_QUANTISED_IMPL_FORMATS_HPP

#include "../../vocabulary/impl/layer_words.hpp"
#include "../layer.hpp"

#include <array>

/// What the rows below are made of.
namespace STET_NAMESPACE::detail::format_rows {

using quantised::dtype_set;
using quantised::side_shape;
using quantised::side_tensor;
using quantised::side_values;

inline constexpr dtype_set only_f32{dtype::f32};
inline constexpr dtype_set halves{dtype::f16, dtype::bf16};
inline constexpr dtype_set one_byte{dtype::u8, dtype::i8, dtype::f8_e4m3, dtype::f8_e5m2, dtype::f8_e8m0};

inline constexpr side_tensor input_scale{
    .name = "input_scale", .shape = side_shape::one, .types = only_f32, .loadable = halves};

inline constexpr std::array<side_tensor, 2> float8_sides{{
    {.name = "weight_scale",
     .is_required = true,
     .shape = side_shape::one_or_rows,
     .values = side_values::scale,
     .types = only_f32,
     .loadable = halves},
    input_scale,
}};

inline constexpr std::array<side_tensor, 4> nvfp4_sides{{
    {.name = "weight_scale",
     .is_required = true,
     .shape = side_shape::blocks,
     .values = side_values::e4m3_codes,
     .types = {dtype::f8_e4m3, dtype::u8},
     .loadable = one_byte},
    {.name = "weight_scale_2",
     .is_required = true,
     .shape = side_shape::one,
     .values = side_values::scale,
     .types = only_f32,
     .loadable = halves},
    input_scale,
    {.name = "pre_quant_scale", .shape = side_shape::columns, .types = {dtype::f32, dtype::f16, dtype::bf16}},
}};

inline constexpr std::array<side_tensor, 2> mxfp8_sides{{
    {.name = "weight_scale",
     .is_required = true,
     .shape = side_shape::blocks,
     .values = side_values::e8m0_codes,
     .types = {dtype::u8, dtype::f8_e8m0},
     .loadable = one_byte},
    input_scale,
}};

inline constexpr std::array<side_tensor, 1> int8_sides{{
    {.name = "weight_scale",
     .is_required = true,
     .shape = side_shape::one_or_rows,
     .values = side_values::scale,
     .types = only_f32,
     .loadable = halves},
}};

inline constexpr std::array<side_tensor, 1> int4_sides{{
    {.name = "weight_scale",
     .is_required = true,
     .shape = side_shape::rows,
     .values = side_values::scale,
     .types = only_f32,
     .loadable = halves},
}};

inline constexpr std::array<side_tensor, 3> int4_int8_sides{{
    {.name = "weight_s_rel",
     .is_required = true,
     .shape = side_shape::row_by_group,
     .values = side_values::e4m3_codes,
     .types = {dtype::f8_e4m3, dtype::u8, dtype::f32},
     .loadable = halves},
    {.name = "weight_s_channel",
     .is_required = true,
     .shape = side_shape::rows,
     .values = side_values::scale,
     .types = only_f32,
     .loadable = halves},
    {.name = "weight_codebook", .shape = side_shape::sixteen, .types = only_f32, .loadable = halves},
}};

inline constexpr std::array<side_tensor, 2> awq_sides{{
    {.name = "weight_scale",
     .is_required = true,
     .shape = side_shape::group_by_row,
     .values = side_values::scale,
     .types = {dtype::f32, dtype::f16, dtype::bf16}},
    {.name = "weight_zeros",
     .is_required = true,
     .shape = side_shape::group_by_row,
     .types = {dtype::f32, dtype::f16, dtype::bf16}},
}};

} // namespace STET_NAMESPACE::detail::format_rows

/// Formats by name. A marker names the first eight; the others are told by dtypes and names.
/// source: ComfyUI 0.33.0 with comfy-kitchen 0.2.40; bitsandbytes 0.50.2
namespace STET_NAMESPACE::quantised::formats {

inline constexpr format float8_e4m3fn{.name = "float8_e4m3fn",
                                      .arithmetic = arithmetic::float8,
                                      .weight_types = {dtype::f8_e4m3},
                                      .code_valued_types = detail::format_rows::halves,
                                      .side_tensors = detail::format_rows::float8_sides};
inline constexpr format float8_e5m2{.name = "float8_e5m2",
                                    .arithmetic = arithmetic::float8,
                                    .weight_types = {dtype::f8_e5m2},
                                    .code_valued_types = detail::format_rows::halves,
                                    .side_tensors = detail::format_rows::float8_sides};
inline constexpr format nvfp4{.name = "nvfp4",
                              .arithmetic = arithmetic::nvfp4,
                              .weight_types = {dtype::u8},
                              .loadable_weight_types = {dtype::i8},
                              .code_bits = 4,
                              .block = 16,
                              .padding = 16,
                              .side_tensors = detail::format_rows::nvfp4_sides};
inline constexpr format mxfp8{.name = "mxfp8",
                              .arithmetic = arithmetic::mxfp8,
                              .weight_types = {dtype::f8_e4m3},
                              .code_valued_types = detail::format_rows::halves,
                              .block = 32,
                              .padding = 32,
                              .side_tensors = detail::format_rows::mxfp8_sides};
inline constexpr format int8_tensorwise{.name = "int8_tensorwise",
                                        .arithmetic = arithmetic::int8,
                                        .weight_types = {dtype::i8},
                                        .loadable_weight_types = {dtype::u8},
                                        .code_valued_types = detail::format_rows::halves,
                                        .members = detail::members_of("int8_tensorwise"),
                                        .side_tensors = detail::format_rows::int8_sides};
inline constexpr format convrot_w4a4{.name = "convrot_w4a4",
                                     .arithmetic = arithmetic::int4,
                                     .weight_types = {dtype::i8},
                                     .loadable_weight_types = {dtype::u8},
                                     .code_bits = 4,
                                     .members = detail::members_of("convrot_w4a4"),
                                     .side_tensors = detail::format_rows::int4_sides};
/// Of 4 or 6 bits; which tells the width of a row beside the count of groups.
inline constexpr format asym_w4a8_int8{.name = "asym_w4a8_int8",
                                       .arithmetic = arithmetic::int4_int8,
                                       .weight_types = {dtype::i8},
                                       .code_bits = 4,
                                       .members = detail::members_of("asym_w4a8_int8"),
                                       .side_tensors = detail::format_rows::int4_int8_sides};
inline constexpr format awq_w4a16{.name = "awq_w4a16",
                                  .arithmetic = arithmetic::awq,
                                  .weight_types = {dtype::i8},
                                  .code_bits = 4,
                                  .members = detail::members_of("awq_w4a16"),
                                  .side_tensors = detail::format_rows::awq_sides};

/// An fp8 weight without companions: its codes are its numbers.
inline constexpr format plain_fp8{
    .name = "plain_fp8", .arithmetic = arithmetic::plain, .weight_types = {dtype::f8_e4m3, dtype::f8_e5m2}};
inline constexpr format bnb_nf4{
    .name = "bnb_nf4", .arithmetic = arithmetic::bitsandbytes, .weight_types = {dtype::u8}, .code_bits = 4};
inline constexpr format bnb_fp4{
    .name = "bnb_fp4", .arithmetic = arithmetic::bitsandbytes, .weight_types = {dtype::u8}, .code_bits = 4};

} // namespace STET_NAMESPACE::quantised::formats

namespace STET_NAMESPACE::detail {

/// Those that a marker may name.
inline constexpr std::array<const quantised::format*, 8> marker_formats{
    &quantised::formats::float8_e4m3fn,   &quantised::formats::float8_e5m2,
    &quantised::formats::nvfp4,           &quantised::formats::mxfp8,
    &quantised::formats::int8_tensorwise, &quantised::formats::convrot_w4a4,
    &quantised::formats::asym_w4a8_int8,  &quantised::formats::awq_w4a16,
};

} // namespace STET_NAMESPACE::detail

#endif
