// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_IMPL_PYTHON_PATH_HPP
#define STET_COMFYUI_IMPL_PYTHON_PATH_HPP

#include "../../naming/numbered_name.hpp"
#include "../../naming/output_name.hpp"
#include "python_text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Paths as text, taken apart and put together as Python's os.path does: posixpath, or ntpath for windows.
/// Nothing here looks at a disk.
/// source: Python 3.11, the os.path reference, and what its functions return
namespace python_path {

constexpr bool is_separator(char c, path_style style) noexcept
{
    return c == '/' || (style == path_style::windows && c == '\\');
}

constexpr char separator(path_style style) noexcept
{
    return style == path_style::windows ? '\\' : '/';
}

/// Where the first separator at or after `from` is; npos without one.
constexpr std::size_t find_separator(std::string_view path, path_style style, std::size_t from = 0) noexcept
{
    return path.find_first_of(style == path_style::windows ? "/\\" : "/", from);
}

/// Whether two texts are one: on windows whatever the case of ASCII letters.
constexpr bool is_same(std::string_view a, std::string_view b, path_style style) noexcept
{
    if (style == path_style::posix)
        return a == b;
    const auto same = [](char x, char y) { return detail::lower_ascii(x) == detail::lower_ascii(y); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

/// A path with the style's own separator throughout.
inline std::string with_own_separators(std::string_view path, path_style style)
{
    std::string own(path);
    if (style == path_style::windows)
        std::replace(own.begin(), own.end(), '/', '\\');
    return own;
}

/// Characters of the drive a path begins with: "C:", "\\server\share", "\\?\UNC\server\share"; none on posix.
inline std::size_t drive_size(std::string_view path, path_style style)
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

/// Whether a path starts at the top of its drive.
inline bool is_rooted(std::string_view path, path_style style)
{
    const std::size_t drive = drive_size(path, style);
    return drive < path.size() && is_separator(path[drive], style);
}

/// normpath: no empty part, no ".", no ".." that has a part before it to take away; "." for nothing. Two
/// slashes in front stay two on posix, three become one.
inline std::string normalized(std::string_view path, path_style style)
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

/// split: what lies before the last separator, without it unless it is the root, and what follows.
inline std::pair<std::string_view, std::string_view> split(std::string_view path, path_style style)
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

/// join: `path` as seen from `base`, which it replaces where it has a root, or on windows another drive.
inline std::string joined(std::string_view base, std::string_view path, path_style style)
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

/// Whether a normalized path is another or lies below it, part by part. A slash doubled in front makes no
/// difference.
inline bool is_inside(std::string_view root, std::string_view path, path_style style)
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

} // namespace python_path

} // namespace STET_NAMESPACE::detail

#endif
