// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/json_document.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../comfyui_metadata.hpp"

#include <string>
#include <utility>

namespace STET_NAMESPACE::comfyui {

STET_INLINE result<metadata_list> make_metadata(const claimed_name&            saved,
                                                const std::optional<workflow>& graph)
{
    metadata_list            list;
    const model_description& model = saved.model;
    if (!model.architecture.empty()) {
        set_metadata(list, "modelspec.architecture", model.architecture);
        set_metadata(list, "modelspec.sai_model_spec", "1.0.0");
        set_metadata(list, "modelspec.implementation", "sgm");
        std::string title(saved.stem);
        title += ' ';
        title += saved.digits;
        set_metadata(list, "modelspec.title", title);
    }
    if (const auto key = model.prediction ? detail::predict_key(model.prediction->type) : ""; !key.empty())
        set_metadata(list, "modelspec.predict_key", key);
    if (!graph)
        return list;

    std::uint64_t size = 0;
    const auto    set_json = [&](std::string_view key, std::string_view json) -> result<void> {
        const auto dumped = redump_json(json);
        if (!dumped)
            return dumped.error().about(key);
        size += dumped->view().size();
        if (size > graph->largest)
            return error{.code = errc::metadata_too_large, .expected = graph->largest, .actual = size}.about(
                key);
        set_metadata(list, key, dumped->view());
        return {};
    };
    if (!graph->prompt) {
        set_metadata(list, "prompt", "");
    } else if (auto set = set_json("prompt", *graph->prompt); !set) {
        return set.error();
    }
    for (const json_entry& entry : graph->extra) {
        if (auto set = set_json(entry.key, entry.json); !set)
            return set.error();
    }
    return list;
}

STET_INLINE result<detail::json_text> redump_json(std::string_view text, const allocator& memory) noexcept
{
    const auto read = detail::read_json(text, memory);
    if (!read)
        return read.error();
    detail::json_text_builder out(memory);
    if (!out.make_room(text.size()) ||
        !detail::put_json(out, read->root(), detail::json_letters::ascii, memory))
        return detail::out_of_memory(text.size());
    return std::move(out).finished();
}

} // namespace STET_NAMESPACE::comfyui
