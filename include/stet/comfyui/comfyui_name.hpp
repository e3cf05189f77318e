// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_COMFYUI_NAME_HPP
#define STET_COMFYUI_COMFYUI_NAME_HPP

#include "../vocabulary/result.hpp"
#include "../naming/numbered_name.hpp"
#include "../naming/output_name.hpp"
#include "../naming/placeholders.hpp"
#include "impl/python_int.hpp"
#include "impl/python_path.hpp"
#include "impl/python_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// Whose names are met.
enum class naming_rule : std::uint8_t {
    comfyui_0_8,  ///< ComfyUI 0.8.0: folders are compared as text, so a link may lead outside
    comfyui_2026, ///< later in 2026: links are resolved first; `ComfyUI_00005.safetensors` counts as 5
};

/// What a node of ComfyUI is given, and what the server knows.
struct comfyui_request {
    std::string_view prefix;     ///< "checkpoints/ComfyUI"; may hold fields
    std::string_view output_dir; ///< comfyui_0_8 takes only one that is absolute and normalized
    placeholders     fields{};
    naming_rule      rule = naming_rule::comfyui_0_8;
    path_style       paths = native_paths;
};

/// Where a prefix leads.
struct comfyui_place {
    std::string folder{}; ///< as ComfyUI spells it, not normalized: "/out/", "/out/../out"
    std::string stem{};
    std::string subfolder{};
    std::string prefix_out{}; ///< the prefix with its fields replaced
    bool sees_entries = true; ///< false after a prefix such as "ComfyUI/": the number is 1 in any folder then
    naming_rule rule = naming_rule::comfyui_0_8;
    path_style  paths = native_paths;
};

namespace detail {

/// ComfyUI replaces one field after the other everywhere, so that "%height%width%" becomes "%height0".
inline std::string with_comfyui_fields(std::string_view prefix, const placeholders& values)
{
    constexpr std::array<std::string_view, 8> in_order{"width", "height", "year",   "month",
                                                       "day",   "hour",   "minute", "second"};
    std::string                               text(prefix);
    for (const std::string_view field : in_order) {
        const auto value = field_value(field, values);
        if (!value)
            continue;
        const std::string token = '%' + std::string(field) + '%';
        for (std::size_t at = text.find(token); at != std::string::npos;
             at = text.find(token, at + value->size()))
            text.replace(at, token.size(), *value);
    }
    return text;
}

} // namespace detail

/// Where a prefix leads, whether or not that is inside the output folder.
/// source: ComfyUI 0.8.0, folder_paths.py
inline comfyui_place split_comfyui_prefix(const comfyui_request& request)
{
    const path_style  paths = request.paths;
    std::string       prefix = detail::with_comfyui_fields(request.prefix, request.fields);
    const std::string normal = detail::python_path::normalized(prefix, paths);
    const auto [subfolder, stem] = detail::python_path::split(normal, paths);
    // ComfyUI cuts the entries of the folder after as many characters as the prefix, not normalized, ends in.
    const std::string_view raw_stem = detail::python_path::split(prefix, paths).second;
    const bool             sees_entries = detail::character_count(raw_stem) == detail::character_count(stem);
    return {.folder = detail::python_path::joined(request.output_dir, subfolder, paths),
            .stem = std::string(stem),
            .subfolder = std::string(subfolder),
            .prefix_out = std::move(prefix),
            .sees_entries = sees_entries,
            .rule = request.rule,
            .paths = paths};
}

/// Whether the place is inside the output folder as far as text tells: as if nothing on the disk were a link.
inline bool is_inside_by_text(const comfyui_place& place, std::string_view output_dir)
{
    return detail::python_path::is_inside(detail::python_path::normalized(output_dir, place.paths),
                                  detail::python_path::normalized(place.folder, place.paths), place.paths);
}

/// Where a prefix leads, if that is inside the output folder. Nothing on a disk is looked at: for comfyui_0_8
/// that is the whole rule, for comfyui_2026 it holds where no link is involved.
/// errors: outside_root; for comfyui_0_8 also when the output folder is not spelled normalized ("/out/"), and
///         output_folder_not_absolute; for comfyui_2026 invalid_file_name when the folder holds a NUL
/// source: ComfyUI 0.8.0, folder_paths.py; for comfyui_2026 the same file at 1df2885e
inline result<comfyui_place> resolve_comfyui(const comfyui_request& request)
{
    auto             place = split_comfyui_prefix(request);
    const path_style paths = request.paths;
    const auto       root = request.output_dir;
    if (request.rule == naming_rule::comfyui_0_8) {
        const bool lacks_drive = paths == path_style::windows && detail::python_path::drive_size(root, paths) == 0;
        if (lacks_drive || !detail::python_path::is_rooted(root, paths))
            return error{.code = errc::output_folder_not_absolute}.about(root);
        const bool is_doubled = paths == path_style::posix && root.starts_with("//");
        if (is_doubled || detail::python_path::normalized(root, paths) != root)
            return error{.code = errc::outside_root}.about(place.folder);
    } else if (place.folder.find('\0') != std::string::npos) {
        return error{.code = errc::invalid_file_name}.about(place.folder);
    }
    if (!is_inside_by_text(place, root))
        return error{.code = errc::outside_root}.about(place.folder);
    return place;
}

/// The same, with links followed where the rule does that.
/// resolve: "result<std::string> (const std::string&)", gives a path absolute and without links; parts of it
///          that do not exist stay as they are. Asked for the output folder, then for the place's; never for
///          comfyui_0_8
/// errors:  also those of `resolve`
template <class Resolve>
result<comfyui_place> resolve_comfyui(const comfyui_request& request, Resolve&& resolve)
{
    if (request.rule == naming_rule::comfyui_0_8)
        return resolve_comfyui(request);
    auto              place = split_comfyui_prefix(request);
    const std::string root(request.output_dir);
    if (place.folder.find('\0') != std::string::npos)
        return error{.code = errc::invalid_file_name}.about(place.folder);
    const result<std::string> real_root = resolve(root);
    if (!real_root)
        return real_root.error();
    const result<std::string> real_folder = resolve(std::as_const(place.folder));
    if (!real_folder)
        return real_folder.error();
    if (!detail::python_path::is_inside(detail::python_path::normalized(*real_root, request.paths),
                                detail::python_path::normalized(*real_folder, request.paths), request.paths))
        return error{.code = errc::outside_root}.about(place.folder);
    return place;
}

/// `ComfyUI_00007_` and the extension: at least five characters for the number, its sign among them.
/// source: ComfyUI 0.8.0, nodes_model_merging.py
inline std::string comfyui_file_name(std::string_view stem, const detail::python_int& number,
                                     std::string_view extension = checkpoint_extension)
{
    std::string name(stem);
    name += '_';
    name += number.padded(5);
    name += '_';
    name += extension;
    return name;
}

} // namespace STET_NAMESPACE

#endif
