// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_METADATA_HPP
#define STET_COMFYUI_COMFYUI_METADATA_HPP

#include "../header/metadata.hpp"
#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/json_text.hpp"
#include "../vocabulary/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::comfyui {

/// The text as Python's `json.dumps(json.loads(text))` gives it, character by character: ASCII, `, ` and `: `
/// between what belongs together, numbers in Python's form, of a key given twice the last value in the place
/// of the first. Takes what Python takes, NaN and Infinity as well, and nothing else. The memory needed is a
/// multiple of the text's size.
/// text:   UTF-8 without a byte order mark
/// errors: invalid_json, also for integers of more than 4300 digits; json_too_deep; out_of_memory
/// source: CPython 3.11, Modules/_json.c and Lib/json
result<detail::json_text> redump_json(std::string_view text, const allocator& memory = heap()) noexcept;

/// A key and its value as JSON text.
struct json_entry {
    std::string_view key;  ///< of the entry in `extra_pnginfo`
    std::string_view json; ///< its value, as JSON
};

/// The graph that made a checkpoint, as ComfyUI stores it. It can hold whatever the user typed, paths and tokens
/// included, so it is written only when it is given.
struct workflow {
    std::optional<std::string_view> prompt{}; ///< JSON text; ComfyUI stores an empty text where there is none
    std::span<const json_entry>     extra{};  ///< usually one entry, "workflow"
    std::uint64_t                   largest = 8U << 20U; ///< bytes of all the texts as stored
};

/// The metadata as ComfyUI's save nodes write it, of the model that is saved and the name it gets; JSON texts are dumped
/// anew as Python would.
/// saved:  as a `metadata_for` callback gets it; of it stem, digits and model are used
/// errors: invalid_json about the key; metadata_too_large beyond graph->largest; out_of_memory
/// source: ComfyUI 0.8.0, nodes_model_merging.py, save_checkpoint
result<metadata_list> make_metadata(const claimed_name& saved, const std::optional<workflow>& graph = {});

} // namespace STET_NAMESPACE::comfyui

#if STET_BODIES
#include "impl/comfyui_metadata.ipp"
#endif

#endif
