// SPDX-License-Identifier: MIT
#include "../../file/native_file_system.hpp"
#include "../../naming/output_name.hpp"
#include "../comfyui_target.hpp"
#include "../save_parts.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace STET_NAMESPACE::detail {

/// What a node writes as metadata, and the caller's entries under other keys.
inline result<metadata_list> node_metadata(comfyui_node node, const claimed_name& saved,
                                           const std::optional<comfyui::workflow>& graph,
                                           const metadata_view&                    added)
{
    auto made = comfyui::make_metadata(node == comfyui_node::model_save ? saved : claimed_name{}, graph);
    if (!made)
        return made;
    const auto set_missing = [&made](std::string_view key, std::string_view text) -> result<void> {
        for (const auto& [known, value] : *made) {
            if (known == key)
                return {};
        }
        set_metadata(*made, key, text);
        return {};
    };
    // ComfyUI sets it first, so that a workflow may replace it.
    if (node == comfyui_node::clip_save)
        static_cast<void>(set_missing("format", "pt"));
    if (auto set = added.each(set_missing); !set)
        return set.error();
    return made;
}

constexpr std::string_view default_prefix(comfyui_node node) noexcept
{
    switch (node) {
    case comfyui_node::model_save:
        return "diffusion_models/ComfyUI";
    case comfyui_node::vae_save:
        return "vae/ComfyUI_vae";
    case comfyui_node::clip_save:
        break;
    }
    return "clip/ComfyUI";
}

STET_INLINE result<saved_checkpoint> save_part(const plan& tensors, comfyui_node node,
                                               std::string_view encoder, const comfyui::node_inputs& inputs,
                                               const save_options& options)
{
    std::string prefix(inputs.prefix.empty() ? default_prefix(node) : inputs.prefix);
    if (!encoder.empty())
        prefix.append("_").append(encoder);
    metadata_list metadata;
    const auto    metadata_for = [&](const claimed_name& saved) -> result<metadata_view> {
        auto made = node_metadata(node, saved, inputs.graph, options.metadata);
        if (!made)
            return made.error();
        metadata = *std::move(made);
        return metadata_view(metadata);
    };
    save_options own = options;
    if (!own.metadata_for)
        own.metadata_for = metadata_for;
    return comfyui::save_plan(tensors,
                              comfyui::numbered{.output_dir = inputs.output_dir,
                                                .prefix = prefix,
                                                .fields = inputs.fields,
                                                .rule = inputs.rule,
                                                .existing = inputs.existing},
                              own);
}

/// An entry of a dict under another name, an end of its own.
struct renamed_entry {
    std::string_view    name;
    result<tensor_view> tensor;
};

/// A text encoder's entries as CLIPSave sorts them into files; those of no encoder come last.
class encoder_parts {
public:
    static constexpr std::size_t count = comfyui::encoders.size() + 1;

    void add(std::string_view key, const result<tensor_view>& tensor)
    {
        constexpr std::string_view transformer = "transformer.";
        std::size_t                part = 0;
        while (part < comfyui::encoders.size() && !belongs_to(key, comfyui::encoders[part]))
            ++part;
        if (part < comfyui::encoders.size())
            key.remove_prefix(comfyui::encoders[part].size() + 1);
        const bool is_shortened = key.starts_with(transformer);
        if (is_shortened)
            key.remove_prefix(transformer.size());
        (is_shortened ? shortened_ : kept_)[part].push_back({key, tensor});
    }

    /// A renamed key is taken out of a Python dict and put in again: at the end, or over what is there.
    std::vector<renamed_entry> take(std::size_t part)
    {
        std::vector<renamed_entry> all = std::move(kept_[part]);
        all.insert(all.end(), shortened_[part].begin(), shortened_[part].end());
        return all;
    }

private:
    static bool belongs_to(std::string_view key, std::string_view encoder) noexcept
    {
        return key.starts_with(encoder) && key.substr(encoder.size()).starts_with('.');
    }

    std::array<std::vector<renamed_entry>, count> kept_;
    std::array<std::vector<renamed_entry>, count> shortened_;
};

STET_INLINE result<std::vector<comfyui::saved_encoder>> save_encoders(const any_dict&      text_encoder,
                                                                      comfyui::node_inputs inputs,
                                                                      const save_options&  options)
{
    if (!inputs.fields.time && mentions_time(inputs.prefix))
        inputs.fields.time = local_time(); // the same in all names
    encoder_parts parts;
    std::size_t   entries = 0;
    const auto    walked = text_encoder.each([&](std::string_view key, const result<tensor_view>& tensor) {
        ++entries;
        parts.add(key, tensor);
        return result<void>();
    });
    if (!walked)
        return walked.error();
    if (entries == 0 && options.empty == empty_components::refuse)
        return error{.code = errc::empty_component}.about("text encoder");

    std::vector<std::pair<std::string_view, plan>> plans;
    for (std::size_t part = 0; part < encoder_parts::count; ++part) {
        const std::string_view encoder =
            part < comfyui::encoders.size() ? comfyui::encoders[part] : std::string_view();
        const auto own = parts.take(part);
        if (own.empty())
            continue;
        auto tensors = make_plan(own, plan_part(options));
        if (!tensors)
            return tensors.error();
        plans.emplace_back(encoder, *std::move(tensors));
    }
    std::vector<comfyui::saved_encoder> files;
    for (const auto& [encoder, tensors] : plans) {
        auto saved = save_part(tensors, comfyui_node::clip_save, encoder, inputs, options);
        if (!saved)
            return saved.error();
        files.push_back({.encoder = encoder, .file = *std::move(saved)});
    }
    return files;
}

} // namespace STET_NAMESPACE::detail
