// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_METADATA_HPP
#define STET_COMFYUI_COMFYUI_METADATA_HPP

#include "../state/prediction.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "redump.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace STET_NAMESPACE {

/// Metadata of one's own: usable as metadata_view, in the order it was set.
using metadata_list = std::vector<std::pair<std::string, std::string>>;

/// Sets a key: an entry that is there keeps its place and gets the text.
void set_metadata(metadata_list& list, std::string_view key, std::string_view text);

/// A key and its value as JSON text.
struct json_entry {
    std::string_view key;
    std::string_view json;
};

/// The graph that made a checkpoint, as ComfyUI stores it. It can hold whatever the user typed, paths and tokens
/// included, so it is written only when it is given.
struct workflow {
    std::optional<std::string_view> prompt{}; ///< JSON text; ComfyUI stores an empty text where there is none
    std::span<const json_entry>     extra{};  ///< usually one entry, "workflow"
    std::uint64_t                   largest = 8U << 20U; ///< bytes of all the texts as stored
};

/// What ComfyUI's save nodes put into `__metadata__`.
struct comfyui_metadata {
    std::string_view          architecture{}; ///< the family's; empty: no modelspec entries but predict_key
    std::optional<model_type> prediction{};
    std::string_view          stem{};   ///< of the file's name
    std::string_view          digits{}; ///< the number in the file's name, without leading zeros
    std::optional<workflow>   graph{};
};

/// The metadata as ComfyUI writes it; JSON texts are dumped anew as Python would.
/// errors:   invalid_json about the key; metadata_too_large beyond graph->largest; out_of_memory
/// source:   ComfyUI 0.8.0, nodes_model_merging.py, save_checkpoint
result<metadata_list> make_comfyui_metadata(const comfyui_metadata& about);

/// The same for a family, which knows its architecture and, where it has only one, its model type.
template <class Family>
result<metadata_list> make_comfyui_metadata(comfyui_metadata about)
{
    about.architecture = Family::architecture;
    if (!about.prediction && Family::type.is_fixed)
        about.prediction = Family::type.usual;
    return make_comfyui_metadata(about);
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/comfyui_metadata.ipp"
#endif

#endif
