// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/python_text.hpp"
#include "python_path.hpp"

namespace STET_NAMESPACE {

namespace detail::python_path {

STET_INLINE std::string with_own_separators(std::string_view path, path_style style)
{
    std::string own(path);
    if (style == path_style::windows)
        std::replace(own.begin(), own.end(), '/', '\\');
    return own;
}

STET_INLINE std::size_t drive_size(std::string_view path, path_style style)
{
    if (style == path_style::posix || path.size() < 2)
        return 0;
    if (!is_separator(path[0], style) || !is_separator(path[1], style)) {
        const std::size_t letter = first_character(path).size;
        return path.substr(letter).starts_with(':') ? letter + 1 : 0;
    }
    constexpr std::string_view long_form = R"(\\?\UNC\)";
    const std::string          head = with_own_separators(path.substr(0, long_form.size()), style);
    const std::size_t          server = is_same(head, long_form, style) ? long_form.size() : 2;
    const std::size_t          server_end = find_separator(path, style, server);
    if (server_end == std::string_view::npos)
        return path.size();
    const std::size_t share_end = find_separator(path, style, server_end + 1);
    return share_end == std::string_view::npos ? path.size() : share_end;
}

STET_INLINE bool is_rooted(std::string_view path, path_style style)
{
    const std::size_t drive = drive_size(path, style);
    return drive < path.size() && is_separator(path[drive], style);
}

STET_INLINE std::string normalized(std::string_view path, path_style style)
{
    const std::size_t drive = drive_size(path, style);
    std::string       normal = with_own_separators(path.substr(0, drive), style);
    path.remove_prefix(drive);
    std::size_t first = 0;
    while (first < path.size() && is_separator(path[first], style))
        ++first;
    if (first > 0)
        normal.append(style == path_style::posix && first == 2 ? 2 : 1, separator(style));

    const std::size_t top = normal.size();
    const bool        is_bounded = top > 0 && is_separator(normal.back(), style);
    std::size_t       removable = 0; // parts at the end that a ".." takes away
    for (std::size_t at = first; at < path.size();) {
        const std::size_t      found = find_separator(path, style, at);
        const std::size_t      end = found == std::string_view::npos ? path.size() : found;
        const std::string_view part = path.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == ".." && removable > 0) {
            const std::size_t last = normal.rfind(separator(style));
            normal.resize(last == std::string::npos || last < top ? top : last);
            --removable;
            continue;
        }
        if (part == ".." && is_bounded)
            continue;
        if (part != "..")
            ++removable;
        if (normal.size() > top)
            normal += separator(style);
        normal += part;
    }
    return normal.empty() ? "." : normal;
}

STET_INLINE std::pair<std::string_view, std::string_view> split(std::string_view path, path_style style)
{
    const std::size_t drive = drive_size(path, style);
    std::size_t       name = path.size();
    while (name > drive && !is_separator(path[name - 1], style))
        --name;
    std::size_t folder = name;
    while (folder > drive && is_separator(path[folder - 1], style))
        --folder;
    return {path.substr(0, folder == drive ? name : folder), path.substr(name)};
}

STET_INLINE std::string joined(std::string_view base, std::string_view path, path_style style)
{
    const std::size_t base_drive = drive_size(base, style);
    const std::size_t own_drive = drive_size(path, style);
    std::string       drive(base.substr(0, base_drive));
    std::string       rest(base.substr(base_drive));
    if (own_drive > 0 && !is_same(path.substr(0, own_drive), drive, style))
        return std::string(path);
    if (own_drive > 0)
        drive = path.substr(0, own_drive);
    path.remove_prefix(own_drive);
    if (!path.empty() && is_separator(path[0], style))
        return drive.append(path);
    if (!rest.empty() && !is_separator(rest.back(), style))
        rest += separator(style);
    rest += path;
    // A share needs a separator before what lies in it, a drive does not: "C:x" is another place than "C:\x".
    if (!rest.empty() && !is_separator(rest[0], style) && !drive.empty() && drive.back() != ':')
        drive += separator(style);
    return drive + rest;
}

STET_INLINE bool is_inside(std::string_view root, std::string_view path, path_style style)
{
    const std::size_t root_drive = drive_size(root, style);
    const std::size_t path_drive = drive_size(path, style);
    if (is_rooted(root, style) != is_rooted(path, style) ||
        !is_same(root.substr(0, root_drive), path.substr(0, path_drive), style))
        return false;
    root.remove_prefix(root_drive);
    path.remove_prefix(path_drive);
    for (std::string_view* const side : {&root, &path}) {
        while (!side->empty() && is_separator((*side)[0], style))
            side->remove_prefix(1);
    }
    if (root == ".")
        root = {};
    if (path.size() < root.size() || !is_same(path.substr(0, root.size()), root, style))
        return false;
    std::string_view below = path.substr(root.size());
    if (!root.empty() && !below.empty()) {
        if (!is_separator(below[0], style))
            return false;
        below.remove_prefix(1);
    }
    return below.substr(0, find_separator(below, style)) != "..";
}

} // namespace detail::python_path

} // namespace STET_NAMESPACE
