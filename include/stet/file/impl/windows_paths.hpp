// SPDX-License-Identifier: MIT
// Paths as Windows takes them, by text alone. No system is asked, so that it can be tried on every one.
#ifndef STET_FILE_IMPL_WINDOWS_PATHS_HPP
#define STET_FILE_IMPL_WINDOWS_PATHS_HPP

#include "../../naming/output_name.hpp"
#include "../../vocabulary/impl/utf8.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::detail {

namespace windows {

/// UTF-8 as UTF-16, one unit to a wchar_t on every system; nothing if the text is not UTF-8.
inline std::optional<std::wstring> utf16(std::string_view text)
{
    if (!is_utf8(text))
        return std::nullopt;
    std::wstring units;
    units.reserve(text.size());
    while (!text.empty()) {
        const auto [code, size] = decode_character(text);
        text.remove_prefix(size);
        if (code >= 0x10000) {
            units += static_cast<wchar_t>(0xD800 + ((code - 0x10000) >> 10U));
            units += static_cast<wchar_t>(0xDC00 + ((code - 0x10000) & 0x3FFU));
        } else {
            units += static_cast<wchar_t>(code);
        }
    }
    return units;
}

/// UTF-16 as UTF-8. Windows does not hinder lone surrogates in names; each becomes U+FFFD.
inline std::string utf8(std::wstring_view units)
{
    std::string text;
    text.reserve(units.size());
    while (!units.empty()) {
        const auto [code, size] = decode_utf16(units);
        units.remove_prefix(size);
        std::array<char, 4> character{};
        text.append(character.data(),
                    encode_character(is_surrogate(code) ? 0xFFFDU : code, character.data()));
    }
    return text;
}

constexpr bool is_separator(wchar_t unit) noexcept
{
    return unit == L'\\' || unit == L'/';
}

/// Whether a path starts from a drive, a server or a root, not from the folder it is given with.
constexpr bool stands_alone(std::wstring_view path) noexcept
{
    return !path.empty() && (is_separator(path[0]) || (path.size() > 1 && path[1] == L':'));
}

// A full path as the system gives it, `C:\a` or `\\server\share\a`, in the form without a limit of 260
// characters. Whatever is in such a form already, devices included, stays as it is.
inline std::wstring without_limit(std::wstring_view full)
{
    if (full.starts_with(L"\\\\?\\") || full.starts_with(L"\\\\.\\") || full.starts_with(L"\\??\\"))
        return std::wstring(full);
    if (full.starts_with(L"\\\\"))
        return L"\\\\?\\UNC" + std::wstring(full.substr(1));
    return L"\\\\?\\" + std::wstring(full);
}

// How many characters of such a path are its top: `\\?\C:\` or `\\?\UNC\server\share\`.
constexpr std::size_t top_length(std::wstring_view path) noexcept
{
    constexpr std::size_t marks = 4; // "\\?\"
    const bool            is_on_server = path.substr(marks).starts_with(L"UNC\\");
    std::size_t           at = marks;
    for (int parts = is_on_server ? 3 : 1; parts > 0; --parts) {
        const std::size_t end = path.find(L'\\', at);
        if (end == std::wstring_view::npos)
            return path.size();
        at = end + 1;
    }
    return at;
}

/// The path without separators at its end: with them the system does not say that a file is no folder.
inline std::wstring without_last_separators(std::wstring path)
{
    const std::size_t last = path.find_last_not_of(L'\\'); // there is one in the mark in front
    const std::size_t top = top_length(path);
    if (last + 1 < path.size())
        path.resize(last + 1 < top ? top : last + 1);
    return path;
}

/// Units of a single name in a path, at most.
inline constexpr std::size_t longest_name = 255;

/// Whether a name in a path without limit is one that no entry can have.
constexpr bool has_long_name(std::wstring_view path) noexcept
{
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t found = path.find(L'\\', at);
        const std::size_t end = found == std::wstring_view::npos ? path.size() : found;
        if (end - at > longest_name)
            return true;
        at = end + 1;
    }
    return false;
}

/// Why a name cannot be used in a folder: EILSEQ, EINVAL, ENAMETOOLONG, or 0. The system does not look at
/// names in a path without limit: "NUL", "a:b" and "a." would name what most programs cannot reach.
inline int name_error(std::string_view name)
{
    const auto units = utf16(name);
    if (!units)
        return EILSEQ;
    if (units->size() > longest_name)
        return ENAMETOOLONG;
    return is_allowed(name, path_style::windows) ? 0 : EINVAL;
}

/// Where a path leads from a folder given without limit, links left aside: "." and empty parts stay, ".."
/// climbs one up and stays at the top.
inline std::wstring below(std::wstring folder, std::wstring_view path)
{
    for (std::size_t at = 0; at < path.size();) {
        std::size_t end = at;
        while (end < path.size() && !is_separator(path[end]))
            ++end;
        const std::wstring_view part = path.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == L".")
            continue;
        if (part == L"..") {
            const std::size_t top = top_length(folder);
            const std::size_t last = folder.find_last_of(L'\\');
            if (folder.size() > top)
                folder.resize(last < top ? top : last);
            continue;
        }
        if (folder.back() != L'\\')
            folder += L'\\';
        folder += part;
    }
    return folder;
}

/// Whether two paths are the same text, but for the case of ASCII letters and a '\' at the end.
constexpr bool is_same_path(std::wstring_view one, std::wstring_view other) noexcept
{
    const auto trimmed = [](std::wstring_view path) {
        return path.substr(0, path.find_last_not_of(L'\\') + 1);
    };
    const auto lower = [](wchar_t unit) {
        return unit >= L'A' && unit <= L'Z' ? static_cast<wchar_t>(unit - L'A' + L'a') : unit;
    };
    one = trimmed(one);
    other = trimmed(other);
    if (one.size() != other.size())
        return false;
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (lower(one[i]) != lower(other[i]))
            return false;
    }
    return true;
}

} // namespace windows

} // namespace STET_NAMESPACE::detail

#endif
