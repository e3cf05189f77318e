// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_FIND_LAYERS_HPP
#define STET_QUANTISED_FIND_LAYERS_HPP

#include "../plan/plan.hpp"
#include "../state/component.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/layer_words.hpp"
#include "../vocabulary/result.hpp"
#include "impl/formats.hpp"
#include "impl/layer_set.hpp"
#include "layer.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

namespace quantised {

/// The key of the metadata entry that describes layers, and the last part of a marker's name.
inline constexpr std::string_view metadata_key = detail::layers_key;
inline constexpr std::string_view marker_name =
    detail::marker_end.substr(1); ///< what a marker's name ends in

/// What is known besides the tensors.
struct find_options {
    /// The value of `_quantization_metadata`; a file read by this library brings its own.
    std::optional<std::string_view> metadata{};
    /// Formats of your own, looked through before those known.
    array_view<const format> formats{};
    /// Shapes that the names do not tell; the last one of a layer counts.
    array_view<const known_shape> shapes{};
    /// Where what is found lives.
    stet::allocator allocator = heap();
};

/// The quantised layers of a file or dict: a range of `layer`, in the order in which their first tensor stands there.
/// lifetime: borrows the dict's names and tensors, the metadata text, the formats
class layers {
public:
    /// Made by find_layers.
    explicit layers(detail::layer_set set) noexcept : set_(std::move(set)) {}

    std::size_t  size() const noexcept { return set_.layers.size(); }
    bool         empty() const noexcept { return set_.layers.empty(); }
    const layer* begin() const noexcept STET_LIFETIME_BOUND { return set_.layers.begin(); }
    const layer* end() const noexcept STET_LIFETIME_BOUND { return set_.layers.end(); }
    const layer& operator[](std::size_t i) const noexcept STET_LIFETIME_BOUND { return set_.layers[i]; }

    /// The layer of that name, or null.
    const layer* find(std::string_view name) const noexcept STET_LIFETIME_BOUND;

    /// All tensors of the dict, in its order; a layer speaks of their positions.
    array_view<const named_tensor> tensors() const noexcept STET_LIFETIME_BOUND
    {
        return set_.tensors.view();
    }

    /// The layer that a tensor belongs to, or null.
    const layer* layer_of(std::uint32_t position) const noexcept STET_LIFETIME_BOUND
    {
        return set_.owners[position] == no_tensor ? nullptr : &set_.layers[set_.owners[position]];
    }

    /// Tensors of the older scaled fp8 that stand for a whole component.
    array_view<const old_flag> old_flags() const noexcept STET_LIFETIME_BOUND { return set_.flags.view(); }

    /// What was found in the metadata.
    metadata_state metadata() const noexcept { return set_.metadata; }

    /// Names in the metadata that fit no weight, in their order.
    array_view<const std::string_view> unplaced() const noexcept STET_LIFETIME_BOUND
    {
        return set_.unplaced.view();
    }

private:
    detail::layer_set set_;
};

/// Finds the quantised layers among tensors by their names, dtypes and shapes; the only data read are markers. Steps
/// and memory grow with the names; what is damaged is no error here but a layer of unknown format: ask verify.
/// errors: out_of_memory; those of reading a marker
result<layers> find_layers(array_view<const named_tensor> tensors, const find_options& options = {});

/// The same, of a plan: under the names that its tensors get in the file, which the result owns.
/// lifetime: borrows the plan
result<layers> find_layers(const plan& tensors STET_LIFETIME_BOUND, const find_options& options = {});

/// The layer that a tensor belongs to as names go, its weight and bias too: `a.q` of `a.q.weight_scale`. Empty for other
/// names. What splits a checkpoint keeps layers whole by it: `shards::save(dict, folder, {.group = quantised::layer_name})`.
std::string_view layer_name(std::string_view name) noexcept;

} // namespace quantised

namespace detail {

/// A file that was read has its metadata with it.
template <class Dict>
concept has_header = requires(const Dict& dict) {
    {
        dict.header().metadata(std::string_view())
    } -> std::convertible_to<std::optional<std::string_view>>;
};

/// Options with the file's own metadata, unless other is given.
template <class Dict, class Options>
Options with_metadata(const Dict& dict, Options options) noexcept
{
    if constexpr (has_header<Dict>) {
        if (!options.metadata)
            options.metadata = dict.header().metadata(quantised::metadata_key);
    }
    return options;
}

/// errors: out_of_memory; those of a dict's tensors, with their name
result<growing_array<quantised::named_tensor>> list_tensors(const any_dict& dict, const allocator& memory);

/// The same of a plan. names: owns the names, which are in one piece there
result<growing_array<quantised::named_tensor>> list_tensors(const plan& tensors, arena& names,
                                                            const allocator& memory);

} // namespace detail

namespace quantised {

/// The same, of a state dict or of a file that was read: checkpoint_view, checkpoint_reader, file_checkpoint.
/// errors: those above; those of the dict's tensors, with their name
template <state_dict Dict>
result<layers> find_layers(const Dict& dict STET_LIFETIME_BOUND, const find_options& options = {})
{
    const auto tensors = detail::list_tensors(component<role::extra>(dict), options.allocator);
    return tensors ? find_layers(tensors->view(), detail::with_metadata(dict, options))
                   : result<layers>(tensors.error());
}

} // namespace quantised

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/find_layers.ipp"
#endif

#endif
