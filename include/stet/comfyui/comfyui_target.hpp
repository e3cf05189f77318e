// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_TARGET_HPP
#define STET_COMFYUI_COMFYUI_TARGET_HPP

#include "../file/part_file.hpp"
#include "../header/header.hpp"
#include "../header/metadata.hpp"
#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/json_text.hpp"
#include "../vocabulary/result.hpp"
#include "comfyui_name.hpp"
#include "impl/python_int.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::comfyui {

/// A part file that will bear the name ComfyUI would give it: `ComfyUI_00007_.part`, to become
/// `ComfyUI_00007_.safetensors`. The part file counts as taken for every other saver, ComfyUI included.
/// Unlike ComfyUI's own file the finished one appears whole, and takes another's place only if asked to.
/// lifetime: borrows the file system
class target {
public:
    /// Finds the folder, creates it if missing, and takes the number ComfyUI would take. With comfyui_0_8 a
    /// link may lead out of the output folder, as it may there; with comfyui_2026 none does.
    /// asked:    its `paths` are the file system's; where its fields have no time, the prefix's mean now
    /// existing: what happens when a file of that name exists, as it does after a prefix that ends in '/'
    /// errors:   those of resolve; invalid_file_name for a NUL and for what the file system's paths
    ///           forbid; name_taken; not_a_regular_file, also for a link, as none is written through; the
    ///           system's
    static result<target> take(const file_system& calls, request asked, durability lasting,
                               existing_file existing = existing_file::refuse);

    /// The folder and the beginning of the name.
    const comfyui::place& place() const noexcept { return place_; }
    /// The file's name as it will be.
    const std::string& name() const noexcept { return name_; }
    /// The file, to be written.
    part_file& file() noexcept { return file_; }

    /// The number in the name, which may be negative or of any size.
    const detail::python_int& number() const noexcept { return number_; }

    /// Makes the file appear under its name, whole.
    /// errors: those of part_file::publish
    result<void> publish(durability lasting) { return file_.publish(in_, name_, existing_, lasting); }

private:
    target(folder in, part_file file, comfyui::place place, detail::python_int number, std::string name,
           existing_file existing) noexcept;

    /// The place's folder, if it lies in the output folder after all links are followed. What is missing of
    /// it is created below the deepest folder that exists, and only once that is known to lie inside.
    static result<folder> open_inside(const file_system& calls, const comfyui::place& place,
                                      const std::string& output_dir, durability lasting);

    /// errors: about `path`
    static result<detail::python_int> next_number(const folder& in, const comfyui::place& place);

    /// Creates the part file of the number that is next. Another saver may be quicker: then there is a new
    /// number, or the same one because ComfyUI's rule does not see what is there.
    static result<target> claim(folder in, comfyui::place place, existing_file existing);

    /// `ComfyUI_00007_.part`, then `ComfyUI_00007_2.part`: in ComfyUI's eyes they all have the number.
    static std::string part_name(const std::string& stem, const detail::python_int& number,
                                 std::size_t attempt);

    folder             in_; // outlives the part file
    part_file          file_;
    comfyui::place     place_;
    detail::python_int number_;
    std::string        name_;
    existing_file      existing_;
};

/// Saves where ComfyUI's nodes would save, by its own rules for folders and numbers, odd ones included. A name that
/// ComfyUI would overwrite without a word, as it does after a prefix that ends in '/', is refused unless asked for.
struct numbered {
    std::string_view output_dir; ///< ComfyUI's output folder; absolute and normalised for comfyui_0_8
    std::string_view prefix;     ///< "checkpoints/ComfyUI"
    placeholders     fields{};   ///< without a time, now
    naming_rule      rule = naming_rule::comfyui_0_8; ///< whose version's
    existing_file    existing = existing_file::refuse;
};

/// Saves a plan under the next number by ComfyUI's rules.
result<saved_checkpoint> save_plan(const plan& tensors, const numbered& where, const save_options& options);

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
#include "impl/comfyui_target.ipp"
#endif

#endif
