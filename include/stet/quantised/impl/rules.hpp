// SPDX-License-Identifier: MIT
// What verify can find.
#ifndef STET_QUANTISED_IMPL_RULES_HPP
#define STET_QUANTISED_IMPL_RULES_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::quantised {

/// What is wrong, or worth a line. name(rule) spells it with hyphens: `marker-missing`.
enum class rule : std::uint8_t {
    marker_missing,         ///< side tensors beside a weight that nothing describes
    marker_dtype,           ///< a marker that is not U8
    marker_shape,           ///< a marker that is not of rank 1
    marker_json,            ///< a marker that is no JSON, or JSON in another form than plain UTF-8
    marker_not_object,      ///< JSON, but no object
    marker_duplicate_key,   ///< a member given twice
    marker_format_missing,  ///< no `format`, or null
    marker_format_type,     ///< a `format` that is no text
    marker_format_unknown,  ///< a `format` that no row has
    marker_field_type,      ///< a member of the wrong type
    marker_field_value,     ///< a member whose value does not fit
    marker_unknown_key,     ///< a member that nobody reads
    weight_missing,         ///< a described layer without its weight
    side_tensor_orphan,     ///< side tensors of a layer that has no weight under their prefix
    weight_dtype,           ///< a weight of a dtype that its format does not have
    weight_rank,            ///< a weight that is no matrix and no bank of them
    weight_shape,           ///< a weight whose columns fill no whole blocks
    bias_shape,             ///< a bias of another length than the weight has rows
    scale_missing,          ///< a side tensor that the format needs
    scale_dtype,            ///< a side tensor of a dtype that the format does not have
    scale_shape,            ///< a side tensor whose shape does not follow from the weight's
    scale_value,            ///< a scale that is NaN or infinite, or 0 over codes that are not
    codebook_missing,       ///< levels that are -8 to 7, or lost
    side_tensor_unknown,    ///< a side tensor that no format has
    side_tensor_unused,     ///< a side tensor of another format
    metadata_json,          ///< `_quantization_metadata` is no JSON
    metadata_layers,        ///< it has no object `layers`
    metadata_layer_unknown, ///< it names a layer that the file does not have
    metadata_conflict,      ///< it differs from a marker
    old_scale_without_flag, ///< `scale_weight` where no `scaled_fp8` speaks of it
    old_flag_prefix,        ///< `scaled_fp8` under a prefix where no loader looks
    old_and_metadata,       ///< `scaled_fp8` beside metadata, so that the old names are not read
    old_scale_missing,      ///< an fp8 weight below `scaled_fp8` without a scale
    clip_not_read,          ///< a quantised layer of a CLIP text encoder
    text_encoder_openclip,  ///< one under OpenCLIP names
    comfyui_dtype,          ///< a dtype that ComfyUI's own reader does not know
    plain_fp8,              ///< an fp8 weight without a scale
    bnb_not_read,           ///< bitsandbytes, which ComfyUI reads by extensions only
    bnb_tensor_missing,     ///< a tensor that bitsandbytes needs
    bnb_state_json,         ///< a quant_state that says too little
    bnb_shape,              ///< a tensor of another size than the quant_state says
};

/// error: ComfyUI fails or computes other numbers; warning: loads, but is about to be lost or not as ComfyUI writes it;
/// info: right, and worth a line.
enum class severity : std::uint8_t { info, warning, error };

} // namespace STET_NAMESPACE::quantised

namespace STET_NAMESPACE::detail {

inline constexpr std::array<std::string_view, 41> rule_names{
    "marker-missing",
    "marker-dtype",
    "marker-shape",
    "marker-json",
    "marker-not-object",
    "marker-duplicate-key",
    "marker-format-missing",
    "marker-format-type",
    "marker-format-unknown",
    "marker-field-type",
    "marker-field-value",
    "marker-unknown-key",
    "weight-missing",
    "side-tensor-orphan",
    "weight-dtype",
    "weight-rank",
    "weight-shape",
    "bias-shape",
    "scale-missing",
    "scale-dtype",
    "scale-shape",
    "scale-value",
    "codebook-missing",
    "side-tensor-unknown",
    "side-tensor-unused",
    "metadata-json",
    "metadata-layers",
    "metadata-layer-unknown",
    "metadata-conflict",
    "old-scale-without-flag",
    "old-flag-prefix",
    "old-and-metadata",
    "old-scale-missing",
    "clip-not-read",
    "text-encoder-openclip",
    "comfyui-dtype",
    "plain-fp8",
    "bnb-not-read",
    "bnb-tensor-missing",
    "bnb-state-json",
    "bnb-shape",
};

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::quantised {

/// `marker-missing`
constexpr std::string_view name(rule one) noexcept
{
    return detail::rule_names[static_cast<std::size_t>(one)];
}

/// `error`
constexpr std::string_view name(severity one) noexcept
{
    return one == severity::error ? "error" : one == severity::warning ? "warning" : "info";
}

static_assert(name(rule::bnb_shape) == "bnb-shape" &&
              name(rule::metadata_layer_unknown) == "metadata-layer-unknown");

} // namespace STET_NAMESPACE::quantised

#endif
