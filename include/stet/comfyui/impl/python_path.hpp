// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_IMPL_PYTHON_PATH_HPP
#define STET_COMFYUI_IMPL_PYTHON_PATH_HPP

#include "../../naming/output_name.hpp"
#include "../../vocabulary/config.hpp"

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
std::string with_own_separators(std::string_view path, path_style style);

/// Characters of the drive a path begins with: "C:", "\\server\share", "\\?\UNC\server\share"; none on posix.
std::size_t drive_size(std::string_view path, path_style style);

/// Whether a path starts at the top of its drive.
bool is_rooted(std::string_view path, path_style style);

/// normpath: no empty part, no ".", no ".." that has a part before it to take away; "." for nothing. Two
/// slashes in front stay two on posix, three become one.
std::string normalized(std::string_view path, path_style style);

/// split: what lies before the last separator, without it unless it is the root, and what follows.
std::pair<std::string_view, std::string_view> split(std::string_view path, path_style style);

/// join: `path` as seen from `base`, which it replaces where it has a root, or on windows another drive.
std::string joined(std::string_view base, std::string_view path, path_style style);

/// Whether a normalized path is another or lies below it, part by part. A slash doubled in front makes no
/// difference.
bool is_inside(std::string_view root, std::string_view path, path_style style);

} // namespace python_path

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "python_path.ipp"
#endif

#endif
