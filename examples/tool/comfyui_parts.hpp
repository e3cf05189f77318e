// SPDX-License-Identifier: MIT
// The parts of a checkpoint as ComfyUI's ModelSave, CLIPSave and VAESave save them.
#ifndef EXAMPLE_COMFYUI_PARTS_HPP
#define EXAMPLE_COMFYUI_PARTS_HPP

#include "family_layout.hpp"
#include "progress_bar.hpp"

#include <stet/comfyui.hpp>
#include <stet/split/split.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace example {

/// What the marker tensors in a file say that its model predicts; nothing where there are none of these.
inline std::optional<stet::prediction> marked_prediction(const stet::checkpoint_header& header)
{
    bool is_v = false, is_zero_snr = false;
    for (const stet::stored_tensor tensor : header) {
        is_v = is_v || tensor.name == "v_pred";
        is_zero_snr = is_zero_snr || tensor.name == "ztsnr";
    }
    return is_v ? std::optional(stet::prediction::v(is_zero_snr)) : std::nullopt;
}

/// Saves the model, each text encoder and the vae below a folder, as the nodes do.
/// is_saved: told of each file
/// Returns why it cannot, or nothing.
inline std::optional<stet::error> save_comfyui_parts(
    const std::string& root, const stet::split_checkpoint& parts, const named_family& family,
    const std::optional<stet::prediction>&               predicts,
    const std::function<void(stet::saved_checkpoint&&)>& is_saved)
{
    namespace comfyui = stet::comfyui;
    const comfyui::node_inputs inputs{.output_dir = root, .rule = comfyui::naming_rule::comfyui_2026};
    if (!parts.model.empty()) {
        auto saved = [&] {
            progress_bar bar;
            return comfyui::save_model(parts.model, family_layout(family), inputs,
                                       {.prediction = predicts, .progress = bar});
        }();
        if (!saved)
            return saved.error();
        is_saved(*std::move(saved));
    }
    if (!parts.text_encoder.empty()) {
        auto saved = [&] {
            progress_bar bar;
            return comfyui::save_clip(parts.text_encoder, inputs, {.progress = bar});
        }();
        if (!saved)
            return saved.error();
        for (comfyui::saved_encoder& one : *saved)
            is_saved(std::move(one.file));
    }
    if (!parts.vae.empty()) {
        auto saved = [&] {
            progress_bar bar;
            return comfyui::save_vae(parts.vae, inputs, {.progress = bar});
        }();
        if (!saved)
            return saved.error();
        is_saved(*std::move(saved));
    }
    return std::nullopt;
}

} // namespace example

#endif
