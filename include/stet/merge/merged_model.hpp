// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_MERGED_MODEL_HPP
#define STET_MERGE_MERGED_MODEL_HPP

#include "../quantised/find_layers.hpp"
#include "../state/state_dict.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "impl/merge_result.hpp"
#include "impl/merge_side.hpp"
#include "recipe.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::merging {

/// The merge of two or three files: a state dict, whose numbers are made while it is saved, a block at a time.
/// `save(*merged, path, {.metadata = ...})`. Made by merge.
/// lifetime: borrows the files; their tensors are read while it is saved
class merged_model {
public:
    /// Made by merge.
    explicit merged_model(detail::merge_result made) noexcept : made_(std::move(made)) {}

    std::size_t                    size() const noexcept { return made_.tensors.size(); }
    bool                           empty() const noexcept { return made_.tensors.empty(); }
    const quantised::named_tensor* begin() const noexcept STET_LIFETIME_BOUND
    {
        return made_.tensors.begin();
    }
    const quantised::named_tensor* end() const noexcept STET_LIFETIME_BOUND { return made_.tensors.end(); }
    const quantised::named_tensor& operator[](std::size_t i) const noexcept STET_LIFETIME_BOUND
    {
        return made_.tensors[i];
    }

    /// What became of every name, in the order of the first file, then of the second.
    array_view<const decision> decisions() const noexcept STET_LIFETIME_BOUND
    {
        return made_.decisions.view();
    }

    /// How many names had that outcome.
    std::size_t count(outcome of) const noexcept;

    /// Of all tensors that were written.
    number_counts numbers() const noexcept;

    /// The value of `_quantization_metadata` for the result, in place of the files' own; nothing: it has no such entry.
    std::optional<std::string_view> quantisation() const noexcept STET_LIFETIME_BOUND;

    /// How the files say that their models predict, if they contradict each other: such a merge is rarely of use.
    /// Both are empty where they do not.
    std::pair<std::string_view, std::string_view> predictions() const noexcept STET_LIFETIME_BOUND
    {
        return {made_.predictions[0], made_.predictions[1]};
    }

private:
    detail::merge_result made_;
};

/// Merges by a recipe: names, types and shapes are settled here, before the first number is read. (Only scales that depend
/// on the whole of a layer make it be read here, once, with `requantise`.)
/// errors: invalid_ratio, meaningless_ratio; no_common_tensor, nothing_to_merge; merge_shapes_differ; not_mergeable with the
///         reason: LoRA files, fp8 and quantised layers without `type` or `requantise`; those of dequantised::of and
///         encoded::of; those of find_layers; out_of_memory. While it is saved not_finite_result, and those of the files
template <state_dict First, state_dict Second>
result<merged_model> merge(const First& first STET_LIFETIME_BOUND, const Second& second STET_LIFETIME_BOUND,
                           const recipe& how = {}, const allocator& memory = heap());

/// The same of three: formula::add_difference.
template <state_dict First, state_dict Second, state_dict Third>
result<merged_model> merge(const First& first STET_LIFETIME_BOUND, const Second& second STET_LIFETIME_BOUND,
                           const Third& third STET_LIFETIME_BOUND, const recipe& how,
                           const allocator& memory = heap());

} // namespace STET_NAMESPACE::merging

namespace STET_NAMESPACE::detail {

/// errors: those of find_layers
template <class Dict>
result<merge_side> side_of(const Dict& dict, const merging::recipe& how, const allocator& memory)
{
    const quantised::find_options options =
        with_metadata(dict, quantised::find_options{.shapes = how.shapes, .allocator = memory});
    auto found = quantised::find_layers(dict, options);
    if (!found)
        return found.error();
    merge_side side{.layers = *std::move(found), .metadata = options.metadata.value_or(std::string_view())};
    if constexpr (has_header<Dict>) {
        for (const std::string_view key : {"modelspec.prediction_type", "modelspec.predict_key"})
            side.prediction = dict.header().metadata(key).value_or(side.prediction);
    }
    return side;
}

/// What the sides have found goes into the result.
/// sides:  two or three
/// errors: of the first side that has one; else those of merge
result<merging::merged_model> merge_sides(array_view<result<merge_side>> sides, const merging::recipe& how,
                                          const allocator& memory);

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::merging {

template <state_dict First, state_dict Second>
result<merged_model> merge(const First& first STET_LIFETIME_BOUND, const Second& second STET_LIFETIME_BOUND,
                           const recipe& how, const allocator& memory)
{
    std::array sides{detail::side_of(first, how, memory), detail::side_of(second, how, memory)};
    return detail::merge_sides(sides, how, memory);
}

template <state_dict First, state_dict Second, state_dict Third>
result<merged_model> merge(const First& first STET_LIFETIME_BOUND, const Second& second STET_LIFETIME_BOUND,
                           const Third& third STET_LIFETIME_BOUND, const recipe& how, const allocator& memory)
{
    std::array sides{detail::side_of(first, how, memory), detail::side_of(second, how, memory),
                     detail::side_of(third, how, memory)};
    return detail::merge_sides(sides, how, memory);
}

} // namespace STET_NAMESPACE::merging

#if STET_BODIES
#include "impl/merged_model.ipp"
#endif

#endif
