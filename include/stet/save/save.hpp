// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_SAVE_HPP
#define STET_SAVE_SAVE_HPP

#include "../file/file_system.hpp"
#include "../naming/output_name.hpp"
#include "../vocabulary/config.hpp"
#include "impl/refused_saves.hpp"
#include "save_options.hpp"
#include "write.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// Saves under the next free number: root "output" and prefix "checkpoints/ComfyUI" give
/// `output/checkpoints/ComfyUI_00001_.safetensors`. Missing folders are created. Never over anything that exists.
/// Paths are UTF-8 on every system.
struct numbered {
    std::string_view root;     ///< the output folder; the file never lies outside it
    std::string_view prefix;   ///< folder and beginning of the name; may hold fields such as %year%
    placeholders     fields{}; ///< what the fields stand for; without a time, now
};

/// Saves under exactly this path. A link is followed; the folder must exist. A bare path stands for `exact_path{path}`.
struct exact_path {
    std::string_view path; ///< UTF-8 on every system
    existing_file    existing = existing_file::refuse;
};

/// Saves a plan to one kind of target; a kind of your own brings an overload of its own, in its own namespace.
result<saved_checkpoint> save_plan(const plan& tensors, const exact_path& where, const save_options& options);

/// The same, under the next free number.
result<saved_checkpoint> save_plan(const plan& tensors, const numbered& where, const save_options& options);

/// Saves a plan made before: on another thread, say, while the tensors stay as they are.
/// errors: in strict conduct quantised_companion for metadata that contradict a layer's marker; those of make_header,
///         write and the target; no file is left behind then
template <detail::save_place Place>
result<saved_checkpoint> save(const plan& tensors, const Place& where, const save_options& options = {})
{
    if constexpr (save_target<Place>)
        return save_plan(tensors, where, options);
    else
        return save_plan(tensors, exact_path{.path = where}, options);
}

/// Saves a checkpoint in one call: names, checks, number, header, tensors, publication.
/// where:  numbered{...}, exact_path{...} or a path; a file that exists there is an error, name_taken, unless
///         exact_path asks to replace it
/// errors: those of make_plan, make_header, write and the target. Whatever fails, no file is left behind and an
///         existing one stays as it was; a folder created for it stays
template <checkpoint_kind Kind, class Layout, detail::save_place Place>
result<saved_checkpoint> save(const Kind& checkpoint, const Layout& layout, const Place& where,
                              const save_options& options = {})
{
    const auto tensors = make_plan(checkpoint, layout, detail::plan_part(options));
    return tensors ? save(*tensors, where, options) : tensors.error();
}

/// Saves a state dict, its names as they are: `stet::save(dict, "model.safetensors")`.
/// errors: as for a checkpoint
template <detail::bare_dict Dict, detail::save_place Place>
result<saved_checkpoint> save(const Dict& dict, const Place& where, const save_options& options = {})
{
    const auto tensors = make_plan(dict, detail::plan_part(options));
    return tensors ? save(*tensors, where, options) : tensors.error();
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/save.ipp"
#endif

#endif
