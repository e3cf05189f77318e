// SPDX-License-Identifier: MIT
// How checkpoints are merged, as plain data, and what is said of a merge.
#ifndef STET_MERGE_RECIPE_HPP
#define STET_MERGE_RECIPE_HPP

#include "../quantised/layer.hpp"
#include "../tensor/dtype.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::merging {

/// What becomes of the numbers of the first, second and third file. All is computed as F32, each step rounded once.
enum class formula : std::uint8_t {
    weighted,       ///< A r + B (1 - r), with a ratio for each part of the model
    add,            ///< A + B
    subtract,       ///< A m - B m
    add_difference, ///< A + m (B - C)
};

/// The share of the first file, from 0 to 1; 1 is all of A, 0 all of B. What has no ratio of its own has that of `all`.
/// A name's beginning tells the part of a diffusion model: `middle`, `out`, else input. Parts are those that the first
/// file's names tell; names without any prefix are a diffusion model's.
/// as in: ComfyUI's ModelMergeBlocks and CLIPMergeSimple
struct ratios {
    std::optional<double> all{};            ///< 0.5 where it is not given
    std::optional<double> input{};          ///< of the input blocks
    std::optional<double> middle{};         ///< of the middle block
    std::optional<double> out{};            ///< of the output blocks
    std::optional<double> text_encoder{};   ///< position ids and logit scale stay A's
    std::optional<double> vision_encoder{}; ///< of the vision encoder
    std::optional<double> vae{};            ///< of the vae
};

/// A recipe for one checkpoint of two or three.
/// Quantised layers are mixed as the numbers they stand for. Their scales are never touched alone: a ratio of 0 or 1 takes
/// a layer whole, byte for byte, all else needs `type` or `requantise`.
/// lifetime: borrows the shapes
struct recipe {
    merging::formula formula = merging::formula::weighted; ///< how the numbers of the files become one
    /// Of formula::weighted. With the others a ratio of 1 leaves a part as it is in A, and no other can be given.
    merging::ratios ratios{};
    /// m, of formula::subtract and formula::add_difference.
    double multiplier = 1;
    /// What merged tensors become: F32, F16 or BF16. None: A's own type, which has to be one of them.
    std::optional<dtype> type{};
    /// Stores merged layers as A stores them: quantised with new scales where A's is, else in A's type.
    bool requantise = false;
    /// Merges a first convolution of more input channels with one of four, as merges of inpainting models do: the first
    /// four channels are mixed, the others stay A's.
    bool widen = false;
    /// Saves numbers that became infinite or NaN; else the save fails with not_finite_result.
    bool keep_not_finite = false;
    /// Shapes of quantised layers that names do not tell, as in find_options.
    array_view<const quantised::known_shape> shapes{};
};

/// What became of a tensor, or of a quantised layer's weight and all that belongs to it.
enum class outcome : std::uint8_t {
    merged,       ///< mixed of both
    taken_first,  ///< a ratio of 1
    taken_second, ///< a ratio of 0
    fixed,        ///< stays A's, whatever the ratios say: schedules, position ids
    other_type,   ///< of a type that is not mixed; A's
    only_first,   ///< kept
    only_second,  ///< left out
    not_in_third, ///< A's; nothing to take a difference from
    dropped,      ///< belonged to a quantised layer that is none any more
};

/// What merging did to numbers. Known once they are written.
struct number_counts {
    std::uint64_t became_infinite = 0; ///< of finite numbers
    std::uint64_t became_nan = 0;      ///< of numbers
    std::uint64_t passed_on = 0;       ///< infinities and NaN that were there before
};

/// What was decided about a name. lifetime: borrows it from the files
struct decision {
    std::string_view name{};                             ///< of the tensor
    merging::outcome outcome = merging::outcome::merged; ///< what became of it
    bool             is_widened = false;   ///< whether only its first four input channels are mixed
    bool             is_quantised = false; ///< a layer, in the result
    bool             differs = false;      ///< other_type: B's bytes are others; known once it is written
    number_counts    numbers{};            ///< values that are infinite or NaN
};

} // namespace STET_NAMESPACE::merging

#endif
