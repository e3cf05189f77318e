// SPDX-License-Identifier: MIT
// Saving under the name ComfyUI itself would give. Not part of stet.hpp.
#ifndef STET_COMFYUI_COMFYUI_SAVE_HPP
#define STET_COMFYUI_COMFYUI_SAVE_HPP

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "comfyui_target.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// Saves where ComfyUI's nodes would save, by its own rules for folders and numbers, odd ones included. A name that
/// ComfyUI would overwrite without a word, as it does after a prefix that ends in '/', is refused unless asked for.
struct comfyui_numbered {
    std::string_view output_dir; ///< ComfyUI's output folder; absolute and normalised for comfyui_0_8
    std::string_view prefix;     ///< "checkpoints/ComfyUI"
    placeholders     fields{};   ///< without a time, now
    naming_rule      rule = naming_rule::comfyui_0_8;
    existing_file    existing = existing_file::refuse;
};

result<saved_checkpoint> save_plan(const plan& tensors, const comfyui_numbered& where,
                                   const save_options& options);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/comfyui_save.ipp"
#endif

#endif
