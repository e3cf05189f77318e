// SPDX-License-Identifier: MIT
#include "../../sink/sinks.hpp"
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/impl/companion_names.hpp"
#include "../../vocabulary/impl/layer_words.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/text_hash.hpp"
#include "layer_conflicts.hpp"

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

/// A layer's name between the quotes of a JSON string. It is not joined or decoded to be looked up.
struct spelled_name {
    std::string_view spelled;

    int compare(const placed_name& name) const noexcept
    {
        return compare_spelled(spelled, name.prefix, name.stem);
    }

    friend bool operator==(const placed_name& name, const spelled_name& other) noexcept
    {
        return other.compare(name) == 0;
    }
};

/// Hashes a name as what it means.
class name_hash {
public:
    explicit name_hash(const void* memory) noexcept : seed_(hash_seed(memory)) {}

    std::uint32_t operator()(const placed_name& name) const noexcept
    {
        return static_cast<std::uint32_t>(text_hash(name.prefix, name.stem, seed_));
    }

    std::uint32_t operator()(const spelled_name& name) const noexcept
    {
        text_hasher     hashed(seed_, ~seed_); // as text_hash has it
        spelled_letters letters(name.spelled);
        for (std::string_view piece = letters.next(); !piece.empty(); piece = letters.next())
            hashed.feed(piece);
        return static_cast<std::uint32_t>(hashed.value());
    }

private:
    std::uint64_t seed_;
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

STET_INLINE result<void> refuse_conflicts(const plan& tensors, const metadata_view& metadata)
{
    const std::string_view described = described_layers(metadata);
    if (described.empty())
        return {};
    growing_array<marked_layer> layers(tensors.memory());
    name_table                  index(tensors.memory());
    const name_hash             hash(&index);
    const auto name_at = [&layers](std::uint32_t at) -> const placed_name& { return layers[at].name; };
    for (const record& one : tensors.records()) {
        constexpr std::size_t end = marker_end.size();
        if (one.name.size() < end || !has_text_at(one.name, one.name.size() - end, marker_end))
            continue;
        const auto        at = static_cast<std::uint32_t>(layers.size());
        const placed_name name = without_end(one.name, end);
        if (!layers.push({.name = name, .marker = &one, .said = {}}) ||
            !index.insert(name, hash(name), at, name_at))
            return out_of_memory(sizeof(marked_layer));
    }
    each_member(described, [&](std::string_view spelled, std::string_view said) {
        const spelled_name  layer{spelled};
        const std::uint32_t at = index.find(layer, hash(layer), name_at);
        if (at != name_table::none)
            layers[at].said = said; // of one that is described twice the last counts
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
