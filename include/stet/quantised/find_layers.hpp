// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_FIND_LAYERS_HPP
#define STET_QUANTISED_FIND_LAYERS_HPP

#include "../state/component.hpp"
#include "../vocabulary/allocator.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/name_table.hpp"
#include "../vocabulary/result.hpp"
#include "impl/formats.hpp"
#include "layer.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

class layer_finder;

} // namespace detail

namespace quantised {

/// The key of the metadata entry that describes layers, and the last part of a marker's name.
inline constexpr std::string_view metadata_key = "_quantization_metadata";
inline constexpr std::string_view marker_name = "comfy_quant";

/// A tensor under its name. lifetime: borrows the name and what the view borrows
struct named_tensor {
    std::string_view name;
    tensor_view      tensor;
};

/// Rows and columns of a layer, from somebody who knows the model.
struct known_shape {
    std::string_view layer;
    std::uint64_t    rows = 0;
    std::uint64_t    columns = 0;
};

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

/// A `scaled_fp8` tensor, and the prefix of the layers that it speaks of.
struct old_flag {
    std::string_view prefix; ///< with its dot, or empty
    std::uint32_t    position = 0;
};

/// What the metadata entry is.
enum class metadata_state : std::uint8_t {
    absent,
    sound,
    no_json,   ///< ComfyUI does not load such a file
    no_layers, ///< no object, or none under `layers`: ComfyUI does not load such a file
};

/// The quantised layers of a file or dict: a range of `layer`, in the order in which their first tensor stands there.
/// lifetime: borrows the dict's names and tensors, the metadata text, the formats
class layers {
public:
    std::size_t  size() const noexcept { return layers_.size(); }
    bool         empty() const noexcept { return layers_.empty(); }
    const layer* begin() const noexcept STET_LIFETIME_BOUND { return layers_.begin(); }
    const layer* end() const noexcept STET_LIFETIME_BOUND { return layers_.end(); }
    const layer& operator[](std::size_t i) const noexcept STET_LIFETIME_BOUND { return layers_[i]; }

    /// The layer of that name, or null.
    const layer* find(std::string_view name) const noexcept STET_LIFETIME_BOUND;

    /// All tensors of the dict, in its order; a layer speaks of their positions.
    array_view<const named_tensor> tensors() const noexcept STET_LIFETIME_BOUND { return tensors_.view(); }

    /// The layer that a tensor belongs to, or null.
    const layer* layer_of(std::uint32_t position) const noexcept STET_LIFETIME_BOUND
    {
        return owners_[position] == no_tensor ? nullptr : &layers_[owners_[position]];
    }

    array_view<const old_flag> old_flags() const noexcept STET_LIFETIME_BOUND { return flags_.view(); }

    metadata_state metadata() const noexcept { return metadata_; }

    /// Names in the metadata that fit no weight, in their order.
    array_view<const std::string_view> unplaced() const noexcept STET_LIFETIME_BOUND
    {
        return unplaced_.view();
    }

private:
    friend class detail::layer_finder;

    explicit layers(const allocator& memory) noexcept;

    detail::growing_array<layer>            layers_;
    detail::growing_array<named_tensor>     tensors_;
    detail::growing_array<std::uint32_t>    owners_; ///< by position: a layer's index, or no_tensor
    detail::growing_array<companion>        companions_;
    detail::growing_array<old_flag>         flags_;
    detail::growing_array<std::string_view> unplaced_;
    detail::arena                           texts_; ///< names of the metadata that had escapes
    detail::name_table                      names_;
    metadata_state                          metadata_ = metadata_state::absent;
};

/// Finds the quantised layers among tensors by their names, dtypes and shapes; the only data read are markers. Steps
/// and memory grow with the names; what is damaged is no error here but a layer of unknown format: ask verify.
/// errors: out_of_memory; those of reading a marker
result<layers> find_layers(array_view<const named_tensor> tensors, const find_options& options = {});

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
template <class Dict>
quantised::find_options with_metadata(const Dict& dict, quantised::find_options options) noexcept
{
    if constexpr (has_header<Dict>) {
        if (!options.metadata)
            options.metadata = dict.header().metadata(quantised::metadata_key);
    }
    return options;
}

/// errors: out_of_memory; those of a dict's tensors, with their name
result<growing_array<quantised::named_tensor>> list_tensors(const any_dict& dict, const allocator& memory);

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

#endif
