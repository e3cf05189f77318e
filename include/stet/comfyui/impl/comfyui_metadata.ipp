// SPDX-License-Identifier: MIT
#include "../comfyui_metadata.hpp"

namespace STET_NAMESPACE {

STET_INLINE void set_metadata(metadata_list& list, std::string_view key, std::string_view text)
{
    for (auto& [known, value] : list) {
        if (known == key) {
            value = text;
            return;
        }
    }
    list.emplace_back(key, text);
}

STET_INLINE result<metadata_list> make_comfyui_metadata(const comfyui_metadata& about)
{
    metadata_list list;
    if (!about.architecture.empty()) {
        set_metadata(list, "modelspec.architecture", about.architecture);
        set_metadata(list, "modelspec.sai_model_spec", "1.0.0");
        set_metadata(list, "modelspec.implementation", "sgm");
        std::string title(about.stem);
        title += ' ';
        title += about.digits;
        set_metadata(list, "modelspec.title", title);
    }
    if (about.prediction == model_type::eps)
        set_metadata(list, "modelspec.predict_key", "epsilon");
    else if (about.prediction == model_type::v_prediction)
        set_metadata(list, "modelspec.predict_key", "v");
    if (!about.graph)
        return list;

    std::uint64_t size = 0;
    const auto    set_json = [&](std::string_view key, std::string_view json) -> result<void> {
        const auto dumped = redump_json(json);
        if (!dumped)
            return dumped.error().about(key);
        size += dumped->view().size();
        if (size > about.graph->largest)
            return error{.code = errc::metadata_too_large, .expected = about.graph->largest, .actual = size}
                .about(key);
        set_metadata(list, key, dumped->view());
        return {};
    };
    if (!about.graph->prompt) {
        set_metadata(list, "prompt", "");
    } else if (auto set = set_json("prompt", *about.graph->prompt); !set) {
        return set.error();
    }
    for (const json_entry& entry : about.graph->extra) {
        if (auto set = set_json(entry.key, entry.json); !set)
            return set.error();
    }
    return list;
}

} // namespace STET_NAMESPACE
