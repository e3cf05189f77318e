// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/python_text.hpp"
#include "../comfyui_name.hpp"
#include "python_path.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE std::string with_comfyui_fields(std::string_view prefix, const placeholders& values)
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

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::comfyui {

STET_INLINE place split_prefix(const request& asked)
{
    const path_style  paths = asked.paths;
    std::string       prefix = detail::with_comfyui_fields(asked.prefix, asked.fields);
    const std::string normal = detail::python_path::normalized(prefix, paths);
    const auto [subfolder, stem] = detail::python_path::split(normal, paths);
    // ComfyUI cuts the entries of the folder after as many characters as the prefix, not normalized, ends in.
    const std::string_view raw_stem = detail::python_path::split(prefix, paths).second;
    const bool             sees_entries = detail::character_count(raw_stem) == detail::character_count(stem);
    return {.folder = detail::python_path::joined(asked.output_dir, subfolder, paths),
            .stem = std::string(stem),
            .subfolder = std::string(subfolder),
            .prefix_out = std::move(prefix),
            .sees_entries = sees_entries,
            .rule = asked.rule,
            .paths = paths};
}

} // namespace STET_NAMESPACE::comfyui

namespace STET_NAMESPACE::detail {

STET_INLINE bool is_inside_by_text(const comfyui::place& place, std::string_view output_dir)
{
    return python_path::is_inside(python_path::normalized(output_dir, place.paths),
                                  python_path::normalized(place.folder, place.paths), place.paths);
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::comfyui {

STET_INLINE result<place> resolve(const request& asked)
{
    auto             found = split_prefix(asked);
    const path_style paths = asked.paths;
    const auto       root = asked.output_dir;
    if (asked.rule == naming_rule::comfyui_0_8) {
        const bool lacks_drive =
            paths == path_style::windows && detail::python_path::drive_size(root, paths) == 0;
        if (lacks_drive || !detail::python_path::is_rooted(root, paths))
            return error{.code = errc::output_folder_not_absolute}.about(root);
        const bool is_doubled = paths == path_style::posix && root.starts_with("//");
        if (is_doubled || detail::python_path::normalized(root, paths) != root)
            return error{.code = errc::outside_root}.about(found.folder);
    } else if (found.folder.find('\0') != std::string::npos) {
        return error{.code = errc::invalid_file_name}.about(found.folder);
    }
    if (!detail::is_inside_by_text(found, root))
        return error{.code = errc::outside_root}.about(found.folder);
    return found;
}

STET_INLINE std::string file_name(std::string_view stem, const detail::python_int& number,
                                  std::string_view extension)
{
    std::string name(stem);
    name += '_';
    name += number.padded(5);
    name += '_';
    name += extension;
    return name;
}

STET_INLINE void counter::see(std::string_view entry)
{
    const std::string_view stem = place_->stem;
    if (!place_->sees_entries || entry.size() <= stem.size() || entry[stem.size()] != '_' ||
        !detail::python_path::is_same(entry.substr(0, stem.size()), stem, place_->paths))
        return;
    std::string_view text = entry.substr(stem.size() + 1);
    if (place_->rule == naming_rule::comfyui_2026)
        text = text.substr(0, text.find('.'));
    text = text.substr(0, text.find('_'));
    // What is no number counts as 0, which is more than a negative one.
    detail::python_int number = detail::python_int::parse(text).value_or(detail::python_int());
    if (largest_ < number) // as is nothing
        largest_ = std::move(number);
}

} // namespace STET_NAMESPACE::comfyui
