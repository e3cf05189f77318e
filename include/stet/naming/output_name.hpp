// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_OUTPUT_NAME_HPP
#define STET_NAMING_OUTPUT_NAME_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

/// Which names a system allows. On windows '\' separates too, and device names, trailing dots and spaces, and
/// `< > : " | ? *` name no file.
enum class path_style : std::uint8_t { posix, windows };

#if defined(_WIN32)
inline constexpr path_style native_paths = path_style::windows;
#else
inline constexpr path_style native_paths = path_style::posix;
#endif

/// A prefix taken apart: a folder below the output root and what its files' names begin with.
struct output_name {
    std::string folder{}; ///< relative, '/' between its parts, empty for the root itself; no "." or ".."
    std::string stem{};
};

namespace detail {

/// CON, NUL, COM1 and the like, whatever follows a dot.
constexpr bool is_device_name(std::string_view part) noexcept
{
    constexpr std::array<std::string_view, 6> devices{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
    std::string_view                          base = part.substr(0, part.find('.'));
    while (base.ends_with(' '))
        base.remove_suffix(1);
    const auto same = [base](std::string_view device) {
        for (std::size_t i = 0; i < device.size(); ++i) {
            const char c =
                base[i] >= 'a' && base[i] <= 'z' ? static_cast<char>(base[i] - 'a' + 'A') : base[i];
            if (c != device[i])
                return false;
        }
        return true;
    };
    for (const std::string_view device : devices) {
        if (base.size() == device.size() && same(device))
            return true;
    }
    if (base.size() < 4 || !(same("COM") || same("LPT")))
        return false;
    const std::string_view port = base.substr(3); // a digit, or a superscript one of Latin-1
    return (port.size() == 1 && port[0] >= '0' && port[0] <= '9') || port == "\xC2\xB9" ||
           port == "\xC2\xB2" || port == "\xC2\xB3";
}

constexpr bool is_allowed(std::string_view part, path_style style) noexcept
{
    for (const char c : part) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7F)
            return false;
        if (style == path_style::windows && std::string_view("<>:\"|?*").find(c) != std::string_view::npos)
            return false;
    }
    if (style == path_style::posix)
        return true;
    return !part.ends_with('.') && !part.ends_with(' ') && !is_device_name(part);
}

} // namespace detail

/// Takes a prefix such as `checkpoints/ComfyUI` apart: normalised by text alone, refusing whatever would leave the
/// root or names no file.
/// errors: outside_root for an absolute path, a drive or a ".." that climbs out; invalid_file_name for nothing, text
///         that is not UTF-8, control characters, and what the path style forbids
result<output_name> parse_output_name(std::string_view prefix, path_style style = native_paths);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/output_name.ipp"
#endif

#endif
