// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_SAVE_PARTS_HPP
#define STET_COMFYUI_SAVE_PARTS_HPP

#include "../plan/make_plan.hpp"
#include "../save/save.hpp"
#include "../state/state_dict.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "comfyui_name.hpp"
#include "comfyui_target.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::comfyui {

/// What a node that saves a part is given, and what the server knows.
struct node_inputs {
    std::string_view output_dir; ///< ComfyUI's output folder; absolute and normalised for comfyui_0_8
    std::string_view
        prefix{}; ///< its `filename_prefix`; without one the node's own, such as "vae/ComfyUI_vae"
    std::optional<workflow> graph{};  ///< written only if given; ComfyUI itself always writes it
    placeholders            fields{}; ///< without a time, now
    naming_rule             rule = naming_rule::comfyui_0_8; ///< whose version's
    existing_file           existing = existing_file::refuse;
};

/// The text encoders that CLIPSave gives files of their own, in its order. A key of one begins with its name and a dot.
/// source: ComfyUI 0.33.0, CLIPSave
inline constexpr std::array<std::string_view, 11> encoders{"clip_l",    "clip_g", "clip_h",    "t5xxl",
                                                           "pile_t5xl", "mt5xl",  "umt5xxl",   "t5base",
                                                           "gemma2_2b", "llama",  "hydit_clip"};

/// A file with a text encoder.
struct saved_encoder {
    std::string_view encoder{}; ///< of `encoders`; empty for the file with what belongs to none of them
    saved_checkpoint file;      ///< what was written
};

} // namespace STET_NAMESPACE::comfyui

namespace STET_NAMESPACE::detail {

enum class comfyui_node : std::uint8_t { model_save, vae_save, clip_save };

/// Saves as a node does.
/// encoder: what CLIPSave adds to the prefix; empty for none
result<saved_checkpoint> save_part(const plan& tensors, comfyui_node node, std::string_view encoder,
                                   const comfyui::node_inputs& inputs, const save_options& options);

result<std::vector<comfyui::saved_encoder>> save_encoders(const any_dict&      text_encoder,
                                                          comfyui::node_inputs inputs,
                                                          const save_options&  options);

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::comfyui {

/// Saves what ModelSave saves: the model alone under its family's prefix, with CheckpointSave's metadata, as
/// `diffusion_models/ComfyUI_00001_.safetensors`.
/// options: entries of `metadata` are added to the node's own, which win; `metadata_for` is called in their place
/// errors:  those of save to `numbered`, and of make_metadata
/// source:  ComfyUI 0.33.0, ModelSave
template <state_dict Dict, class Layout>
result<saved_checkpoint> save_model(const Dict& model, const Layout& layout, const node_inputs& inputs,
                                    const save_options& options = {})
{
    const auto tensors = make_plan(model_only{.model = model}, layout, detail::plan_part(options));
    return tensors ? detail::save_part(*tensors, detail::comfyui_node::model_save, {}, inputs, options)
                   : tensors.error();
}

/// Saves what VAESave saves: a VAE, its names as they are, with prompt and workflow, as
/// `vae/ComfyUI_vae_00001_.safetensors`.
/// options, errors: as for save_model
/// source:          ComfyUI 0.33.0, VAESave
template <state_dict Dict>
result<saved_checkpoint> save_vae(const Dict& vae, const node_inputs& inputs,
                                  const save_options& options = {})
{
    const auto tensors = make_plan(vae, detail::plan_part(options));
    return tensors ? detail::save_part(*tensors, detail::comfyui_node::vae_save, {}, inputs, options)
                   : tensors.error();
}

/// Saves what CLIPSave saves: each of `encoders` that the dict holds in a file of its own, named after the prefix and
/// the encoder, `clip/ComfyUI_t5xxl_00001_.safetensors`, and what is left as `clip/ComfyUI_00001_.safetensors`. The
/// encoder's name and then `transformer.` are taken off the keys. The metadata are prompt, workflow and `format: pt`.
/// Everything is checked before the first file is created. If a later file fails, those before it stay.
/// returns: the files in the order of `encoders`, that of the rest at the end
/// options: as for save_model; with empty_components::allow a dict without an entry gives no file
/// errors:  as for save_model; duplicate_name where two keys of one encoder become the same, unless later ones win:
///          then it is the one that had `transformer.`, as in ComfyUI
/// source:  ComfyUI 0.33.0, CLIPSave
template <state_dict Dict>
result<std::vector<saved_encoder>> save_clip(const Dict& text_encoder, const node_inputs& inputs,
                                             const save_options& options = {})
{
    return detail::save_encoders(detail::any_dict(text_encoder), inputs, options);
}

} // namespace STET_NAMESPACE::comfyui

#if STET_BODIES
#include "impl/save_parts.ipp"
#endif

#endif
