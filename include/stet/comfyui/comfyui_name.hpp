// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_NAME_HPP
#define STET_COMFYUI_COMFYUI_NAME_HPP

#include "../naming/output_name.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "impl/python_int.hpp"
#include "impl/python_path.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// ComfyUI replaces one field after the other everywhere, so that "%height%width%" becomes "%height0".
std::string with_comfyui_fields(std::string_view prefix, const placeholders& values);

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::comfyui {

/// Whose names are met.
enum class naming_rule : std::uint8_t {
    comfyui_0_8,  ///< ComfyUI 0.8.0: folders are compared as text, so a link may lead outside
    comfyui_2026, ///< later in 2026: links are resolved first; `ComfyUI_00005.safetensors` counts as 5
};

/// What a node of ComfyUI is given, and what the server knows.
struct request {
    std::string_view prefix;     ///< "checkpoints/ComfyUI"; may hold fields
    std::string_view output_dir; ///< comfyui_0_8 takes only one that is absolute and normalized
    placeholders     fields{};   ///< what they stand for
    naming_rule      rule = naming_rule::comfyui_0_8; ///< whose version's
    path_style       paths = native_paths;            ///< how the system's paths look
};

/// Where a prefix leads.
struct place {
    std::string folder{};     ///< as ComfyUI spells it, not normalized: "/out/", "/out/../out"
    std::string stem{};       ///< the beginning of the file's name
    std::string subfolder{};  ///< below the output folder
    std::string prefix_out{}; ///< the prefix with its fields replaced
    bool sees_entries = true; ///< false after a prefix such as "ComfyUI/": the number is 1 in any folder then
    naming_rule rule = naming_rule::comfyui_0_8; ///< whose version's
    path_style  paths = native_paths;            ///< how the system's paths look
};

/// Where a prefix leads, whether or not that is inside the output folder.
/// source: ComfyUI 0.8.0, folder_paths.py
place split_prefix(const request& asked);

} // namespace STET_NAMESPACE::comfyui

namespace STET_NAMESPACE::detail {

/// Whether the place is inside the output folder as far as text tells: as if nothing on the disk were a link.
bool is_inside_by_text(const comfyui::place& place, std::string_view output_dir);

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::comfyui {

/// Where a prefix leads, if that is inside the output folder. Nothing on a disk is looked at: for comfyui_0_8
/// that is the whole rule, for comfyui_2026 it holds where no link is involved.
/// errors: outside_root; for comfyui_0_8 also when the output folder is not spelled normalized ("/out/"), and
///         output_folder_not_absolute; for comfyui_2026 invalid_file_name when the folder holds a NUL
/// source: ComfyUI 0.8.0, folder_paths.py; for comfyui_2026 the same file at 1df2885e
result<place> resolve(const request& asked);

/// The same, with links followed where the rule does that.
/// real_path: "result<std::string> (const std::string&)", gives a path absolute and without links; parts of it
///            that do not exist stay as they are. Asked for the output folder, then for the place's; never for
///            comfyui_0_8
/// errors:    also those of `real_path`
template <class RealPath>
result<place> resolve(const request& asked, RealPath&& real_path)
{
    if (asked.rule == naming_rule::comfyui_0_8)
        return resolve(asked);
    auto              found = split_prefix(asked);
    const std::string root(asked.output_dir);
    if (found.folder.find('\0') != std::string::npos)
        return error{.code = errc::invalid_file_name}.about(found.folder);
    const result<std::string> real_root = real_path(root);
    if (!real_root)
        return real_root.error();
    const result<std::string> real_folder = real_path(std::as_const(found.folder));
    if (!real_folder)
        return real_folder.error();
    if (!detail::python_path::is_inside(detail::python_path::normalized(*real_root, asked.paths),
                                        detail::python_path::normalized(*real_folder, asked.paths),
                                        asked.paths))
        return error{.code = errc::outside_root}.about(found.folder);
    return found;
}

/// `ComfyUI_00007_` and the extension: at least five characters for the number, its sign among them.
/// source: ComfyUI 0.8.0, nodes_model_merging.py
std::string file_name(std::string_view stem, const detail::python_int& number,
                      std::string_view extension = checkpoint_extension);

/// The number that ComfyUI gives the next file of a place, from the names in its folder: the largest plus
/// one, which may be negative or of any size, or 1. No I/O: show it the names one by one, of files, folders
/// and whatever else is there, as bytes. ComfyUI's numbers can meet files that exist.
/// On windows letters of ASCII alone count in either case; ComfyUI knows those of other scripts, too.
/// lifetime: borrows the place
class counter {
public:
    /// Begins at 1.
    explicit counter(const place& of) noexcept : place_(&of) {}
    explicit counter(const place&&) = delete;

    /// Takes note of a name in the folder.
    void see(std::string_view entry);

    /// The number after the largest one seen.
    detail::python_int next() const { return largest_.value_or(detail::python_int()).successor(); }

private:
    const place*                      place_;
    std::optional<detail::python_int> largest_{};
};

} // namespace STET_NAMESPACE::comfyui

#if STET_BODIES
#include "impl/comfyui_name.ipp"
#endif

#endif
