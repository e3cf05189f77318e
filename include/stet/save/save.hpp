// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_SAVE_HPP
#define STET_SAVE_SAVE_HPP

#include "../file/file_system.hpp"
#include "../file/native_file_system.hpp"
#include "../header/header.hpp"
#include "../naming/output_name.hpp"
#include "../plan/make_plan.hpp"
#include "../vocabulary/config.hpp"
#include "write.hpp"
#include "write_options.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

class part_file;
struct save_options;

/// How header and tensors get into the file; the bytes are the same whichever way. Plain data.
/// lifetime: borrows the settings, if it has any
struct file_writer {
    /// Writes the whole file.
    using function = result<void> (*)(const void* settings, const header& head, part_file& file,
                                      const save_options& options);
    /// Refuses settings that cannot be.
    using accept_function = result<void> (*)(const void* settings);

    function        write = nullptr;      ///< null: one after the other through the system's cache
    const void*     settings = nullptr;   ///< handed to the functions
    bool            shares_space = false; ///< no space is set aside for it, for it may need little
    accept_function accept = nullptr;     ///< asked before anything on the disk changes
};

/// The name a numbered save has claimed, known before the header is written.
struct claimed_name {
    std::string_view path{}; ///< of the file as it will be
    std::string_view stem{}; ///< "ComfyUI"
    std::optional<std::uint64_t>
                      number{}; ///< 7; none where ComfyUI's rules give one that is negative or beyond 64 bits
    std::string_view  digits{}; ///< "7", whatever the number
    model_description model{};  ///< what the file records of its model
};

/// Gives the metadata once the name is known, because it may mention it; or an error, which ends the save, leaves no file
/// and gives the number free. What it gives must outlive the save, so it borrows texts that the caller keeps.
/// It is called on the thread that saves, and may throw there: the number is free again then.
using metadata_callback = function_ref<result<metadata_view>(const claimed_name&)>;

/// Everything that a save may be told.
struct save_options {
    metadata_view                   metadata{};
    metadata_callback               metadata_for{};  ///< instead of `metadata`, for a numbered save
    std::uint64_t                   header_room = 0; ///< as in make_header
    stet::durability                durability = stet::durability::full;
    file_order                      order = reference_order; ///< as in plan_options
    std::optional<stet::prediction> prediction{};
    stet::strictness                strictness = stet::strictness::strict;
    duplicate_names                 duplicates = duplicate_names::refuse;
    empty_components                empty = empty_components::refuse;
    selection::predicate            keep{};
    selection::predicate            leave_out{};
    casts::casting                  cast{};
    result<void> (*metadata_check)(const plan&          tensors,
                                   const metadata_view& metadata) = nullptr; ///< as in sink_options
    progress_callback        progress{};
    std::span<std::byte>     staging{};          ///< as in write_options
    prefetch_function        prefetch = nullptr; ///< as in write_options
    file_writer              writer{};           ///< another way to write the same bytes, see writers/
    stet::hashes::request    hashes{};           ///< what is hashed on the way, see hashes/
    stet::allocator          allocator = heap();
    const stet::file_system* file_system = &native_file_system();
};

/// What a save to a file wrote.
struct saved_checkpoint {
    std::string                  path{};    ///< of the file
    std::optional<std::uint64_t> number{};  ///< none for an exact path, or where it does not fit
    std::uint64_t                bytes = 0; ///< of the whole file
    std::uint64_t header_bytes = 0; ///< of the header; some programs give up early, see ceilings::exceeded
    /// Whether owner, group, access list and mode of a replaced file were all handed on. What could not be is narrower
    /// now: nobody else reads or writes the new file than did the old one.
    bool              keeps_access = true;
    component_reports components{};
    change_log        changes{heap()};  ///< what was left out, added, replaced or cast; owns its texts
    std::string_view  reload_caveat{};  ///< what ComfyUI loses when it loads the file, as the family says it
    stet::hashes::file_hashes hashes{}; ///< those that were asked for
};

/// A place a plan can be saved to: one with a save_plan.
template <class Target>
concept save_target = requires(const plan& tensors, const Target& where, const save_options& options) {
    {
        save_plan(tensors, where, options)
    } -> std::same_as<result<saved_checkpoint>>;
};

namespace detail {

/// What says where to save: such a target, or a bare path, for which `exact_path{path}` is the long form.
template <class Place>
concept save_place = save_target<Place> || text_like<Place>;

} // namespace detail

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
/// errors: those of make_header, write and the target; no file is left behind then
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

#include "impl/refused_saves.ipp"

#if STET_BODIES
#include "impl/save.ipp"
#endif

#endif
