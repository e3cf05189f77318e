// SPDX-License-Identifier: MIT
#include "../../sink/sinks.hpp"
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/impl/companion_names.hpp"
#include "../../vocabulary/impl/layer_words.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "../header.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A layer with a marker, and what the metadata says of it.
struct marked_layer {
    placed_name      name;
    const record*    marker;
    std::string_view said;
};

/// The value of `layers` in the metadata's entry; empty where it has none.
inline std::string_view described_layers(const metadata_view& metadata)
{
    std::string_view found;
    static_cast<void>(metadata.each([&found](std::string_view key, std::string_view text) -> result<void> {
        each_member(key == layers_key ? text : "", [&found](std::string_view name, std::string_view value) {
            found = compare_spelled(name, "layers") == 0 ? value : found;
        });
        return {};
    }));
    return found;
}

/// errors: out_of_memory; those of reading the marker
inline result<bool> is_said_by_marker(const plan& tensors, const marked_layer& layer)
{
    const tensor_view marker = tensors.tensor(*layer.marker);
    if (layer.said.empty() || marker.size > largest_marker)
        return layer.said.empty();
    growing_array<std::byte> text(tensors.memory());
    if (!text.resize(memory_size(marker.size)))
        return out_of_memory(marker.size);
    span_sink into({text.data(), text.size()});
    if (auto poured = pour(marker, into); !poured)
        return poured.error().about(layer.marker->name.prefix, layer.marker->name.stem);
    return mean_the_same(layer.said, {reinterpret_cast<const char*>(text.data()), text.size()});
}

/// The name without what it ends in.
inline placed_name without_end(placed_name name, std::size_t end) noexcept
{
    const std::size_t of_stem = end < name.stem.size() ? end : name.stem.size();
    name.stem.remove_suffix(of_stem);
    name.prefix.remove_suffix(end - of_stem);
    return name;
}

/// The layer of a name as JSON spells it, among layers in the order of their names; or null.
inline marked_layer* find_layer(array_view<marked_layer> layers, std::string_view spelled) noexcept
{
    const auto order = [spelled](const marked_layer& layer) {
        return compare_spelled(spelled, layer.name.prefix, layer.name.stem);
    };
    const std::size_t at =
        count_before(layers, [&order](const marked_layer& layer) { return order(layer) > 0; });
    return at < layers.size() && order(layers[at]) == 0 ? &layers[at] : nullptr;
}

STET_INLINE result<void> refuse_conflicts(const plan& tensors, const metadata_view& metadata)
{
    const std::string_view described = described_layers(metadata);
    if (described.empty())
        return {};
    growing_array<marked_layer> layers(tensors.memory());
    for (const record& one : tensors.records()) {
        constexpr std::size_t end = marker_end.size();
        if (one.name.size() >= end && has_text_at(one.name, one.name.size() - end, marker_end) &&
            !layers.push({.name = without_end(one.name, end), .marker = &one, .said = {}}))
            return out_of_memory(sizeof(marked_layer));
    }
    heap_sort(layers.view(),
              [](const marked_layer& a, const marked_layer& b) { return a.name.compare(b.name) < 0; });
    each_member(described, [&layers](std::string_view layer, std::string_view said) {
        if (marked_layer* const found = find_layer(layers.view(), layer); found != nullptr)
            found->said = said; // of one that is described twice the last counts
    });
    for (const marked_layer& one : layers) {
        const auto is_same = is_said_by_marker(tensors, one);
        if (!is_same)
            return is_same.error();
        if (!*is_same)
            return error{.code = errc::quantised_companion}
                .with("metadata-conflict")
                .about(one.name.prefix, one.name.stem);
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
