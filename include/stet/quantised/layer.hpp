// SPDX-License-Identifier: MIT
// What a quantised layer is, as plain data. find_layers makes it of a file's names.
#ifndef STET_QUANTISED_LAYER_HPP
#define STET_QUANTISED_LAYER_HPP

#include "../tensor/dtype.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/layer_words.hpp"
#include "impl/dtype_set.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::quantised {

/// How the weight's numbers are made of codes and scales; each is a section of its own in quantised/values.
enum class arithmetic : std::uint8_t {
    unknown, ///< never made numbers, only carried
    plain,   ///< the codes are the numbers
    float8,
    nvfp4,
    mxfp8,
    int8,
    int4,
    int4_int8,
    awq,
    bitsandbytes,
};

/// What shape a side tensor has beside a weight of `out` rows and `in` columns, as stored.
enum class side_shape : std::uint8_t {
    any,          ///< not looked at
    one,          ///< [] or [1]
    one_or_rows,  ///< [], [1] or [out, 1]
    rows,         ///< [out]
    columns,      ///< [in]
    blocks,       ///< [up(out, 128), up(in / block, 4)], in tiles of 128 by 4
    row_by_group, ///< [out, in / group size]
    group_by_row, ///< [in / group size, out]
    sixteen,      ///< [16]
};

/// What stands in a side tensor, if it is looked at.
enum class side_values : std::uint8_t {
    any,
    scale,      ///< sound unless NaN or infinite, or 0 over codes that are not
    e4m3_codes, ///< the same, whatever one-byte type they are stored under
    e8m0_codes, ///< code 0 is 0 and code 255 is infinity
};

/// A tensor that a format stores beside the weight: `<layer>.<name>`.
struct side_tensor {
    std::string_view name{};                    ///< after the layer's name
    bool             is_required = false;       ///< whether no layer is without it
    side_shape       shape = side_shape::any;   ///< how it follows from the weight's
    side_values      values = side_values::any; ///< which numbers it may hold
    dtype_set        types{};                   ///< as they should be; none: not looked at
    dtype_set        loadable{};                ///< read all the same, with the meaning kept: a warning
};

/// Members a marker may have besides `format` and `full_precision_matrix_mult`.
using marker_members = detail::marker_members;

/// A way to store a weight: a row of data. A row of your own goes into find_options::formats.
/// lifetime: borrows its texts and side tensors
struct format {
    std::string_view      name{};                                      ///< as a marker spells it
    quantised::arithmetic arithmetic = quantised::arithmetic::unknown; ///< how products are computed with it
    dtype_set             weight_types{};                              ///< that codes may have
    dtype_set             loadable_weight_types{}; ///< read all the same, with the meaning kept
    dtype_set             code_valued_types{};     ///< the same, if every number is one of the codes
    unsigned              code_bits = 8;           ///< a column takes in a row of the weight
    unsigned              block = 1;               ///< what the count of columns is a multiple of
    unsigned              padding = 1;             ///< what rows and columns may have been padded to
    marker_members        members{};               ///< which ones a marker has
    array_view<const side_tensor> side_tensors{};  ///< scales and the like
};

/// Where a file says that a layer is quantised.
enum class described_by : std::uint8_t {
    nothing,      ///< side tensors alone: ComfyUI would take the codes for weights
    marker,       ///< `<layer>.comfy_quant`
    metadata,     ///< `_quantization_metadata`
    both,         ///< these two; the metadata wins
    old_names,    ///< `scaled_fp8` and `<layer>.scale_weight`
    dtype,        ///< an fp8 weight without companions
    bitsandbytes, ///< `<layer>.weight.quant_state.bitsandbytes__nf4` and its like
};

/// What the inputs of a layer become before they are multiplied.
enum class linear_dtype : std::uint8_t { int4, int8 };

/// What a marker or the metadata says of a layer, defaults filled in.
struct settings {
    /// Whether products are computed in the inputs' own precision.
    bool                         full_precision_matrix_mult = false;
    bool                         convrot = false;         ///< the weight is stored rotated
    std::uint64_t                convrot_groupsize = 256; ///< matters where `convrot` is true
    std::uint64_t                group_size = 0;          ///< columns to a scale; 0 where a format has none
    quantised::linear_dtype      linear_dtype = quantised::linear_dtype::int4; ///< what the inputs become
    std::optional<std::uint64_t> num_experts{}; ///< of a layer of several experts
};

/// What bitsandbytes says of a layer.
struct block_state {
    std::uint64_t blocksize = 0;        ///< weights that share a scale
    std::uint64_t nested_blocksize = 0; ///< 0 where the scales are not quantised themselves
    double        nested_offset = 0;    ///< added to the scales that are scaled themselves
};

/// Rows and columns that mean something; the rest of the stored weight is padding.
/// Empty where the file does not tell: ask whoever knows the model.
struct logical_shape {
    std::optional<std::uint64_t> experts{}; ///< of a bank of experts only
    std::optional<std::uint64_t> rows{};    ///< where it is known
    std::optional<std::uint64_t> columns{}; ///< where it is known
    extents                      whole{};   ///< of bitsandbytes, which stores a shape of any rank; else empty

    /// Whether the shape is known.
    constexpr bool is_known() const noexcept { return !whole.empty() || (rows && columns); }
};

/// A tensor under its name. lifetime: borrows the name and what the view borrows
struct named_tensor {
    std::string_view name{}; ///< in the file
    tensor_view      tensor; ///< borrowed
};

/// A position in a list of tensors.
inline constexpr std::uint32_t no_tensor = 0xFFFFFFFF;

/// A tensor of a layer besides weight and bias.
struct companion {
    std::string_view   name{};       ///< after the layer's: `weight_scale`, `weight.absmax`, `comfy_quant`
    std::uint32_t      position = 0; ///< in layers::tensors
    const side_tensor* meaning = nullptr; ///< null for what its format does not have
};

/// Rows and columns of a layer, from somebody who knows the model.
struct known_shape {
    std::string_view layer;       ///< its name
    std::uint64_t    rows = 0;    ///< of the weight as numbers
    std::uint64_t    columns = 0; ///< likewise
};

/// A `scaled_fp8` tensor, and the prefix of the layers that it speaks of.
struct old_flag {
    std::string_view prefix;       ///< with its dot, or empty
    std::uint32_t    position = 0; ///< among the dict's tensors
};

/// What the metadata entry is.
enum class metadata_state : std::uint8_t {
    absent,
    sound,
    no_json,   ///< ComfyUI does not load such a file
    no_layers, ///< no object, or none under `layers`: ComfyUI does not load such a file
};

/// A quantised layer and all that belongs to it, found by its names.
/// lifetime: borrows from the `layers` it is in
struct layer {
    std::string_view         name{};           ///< `blocks.0.attn.q`
    const quantised::format* format = nullptr; ///< null where it is not known
    std::string_view         format_name{};    ///< as the file says it, known or not
    /// Where it is said what the layer is.
    quantised::described_by     described_by = quantised::described_by::nothing;
    quantised::settings         settings{};         ///< what marker or metadata say
    quantised::block_state      blocks{};           ///< what bitsandbytes says
    quantised::logical_shape    shape{};            ///< of the weight as numbers
    std::uint32_t               weight = no_tensor; ///< its position
    std::uint32_t               bias = no_tensor;   ///< its position
    array_view<const companion> companions{};       ///< scales and the like that are there

    /// Where the companion of that name stands, or no_tensor.
    constexpr std::uint32_t position_of(std::string_view companion_name) const noexcept
    {
        for (const companion& one : companions) {
            if (one.name == companion_name)
                return one.position;
        }
        return no_tensor;
    }
};

} // namespace STET_NAMESPACE::quantised

#endif
