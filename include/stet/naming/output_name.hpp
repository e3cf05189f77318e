// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_OUTPUT_NAME_HPP
#define STET_NAMING_OUTPUT_NAME_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

/// Which names a system allows. On windows '\' separates too, and device names, trailing dots and spaces, and
/// `< > : " | ? *` name no file.
enum class path_style : std::uint8_t { posix, windows };

/// The style of the system that the program is compiled for.
#if defined(_WIN32)
inline constexpr path_style native_paths = path_style::windows;
#else
inline constexpr path_style native_paths = path_style::posix;
#endif

/// A prefix taken apart: a folder below the output root and what its files' names begin with.
struct output_name {
    std::string folder{}; ///< relative, '/' between its parts, empty for the root itself; no "." or ".."
    std::string stem{};   ///< the beginning of the file's name
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

/// A moment as a calendar shows it; months and days count from 1.
struct calendar_time {
    unsigned year = 0;   ///< such as 2026
    unsigned month = 0;  ///< 1 to 12
    unsigned day = 0;    ///< 1 to 31
    unsigned hour = 0;   ///< 0 to 23
    unsigned minute = 0; ///< 0 to 59
    unsigned second = 0; ///< 0 to 60
};

/// What the fields of a prefix stand for.
struct placeholders {
    std::optional<calendar_time> time{};     ///< without one, fields of time stay as they are
    std::uint64_t                width = 0;  ///< %width%
    std::uint64_t                height = 0; ///< %height%
};

namespace detail {

/// Characters of `pattern` from `at` on that repeat the one at `at`, at most `most`.
std::size_t run_length(std::string_view pattern, std::size_t at, std::size_t most) noexcept;

/// `yyyy-MM-dd` and the like: y, M, d, h, m, s; a doubled letter is padded, `yy` is the year's last two digits.
std::string formatted_time(std::string_view pattern, const calendar_time& time);

/// What a field stands for, without its percent signs; nothing if it is unknown.
std::optional<std::string> field_value(std::string_view field, const placeholders& values);

/// Whether a prefix has a field that needs the time.
bool mentions_time(std::string_view prefix) noexcept;

} // namespace detail

/// The prefix with its fields replaced: %width% %height% %year% %month% %day% %hour% %minute% %second% %date%
/// %date:yyyy-MM-dd%. Unknown fields and a lone percent sign stay as they are; what a field brings is not looked at
/// again.
/// source: ComfyUI 0.8.0, folder_paths.py; %date:...% as its web front-end expands it
std::string expand_placeholders(std::string_view prefix, const placeholders& values);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/output_name.ipp"
#endif

#endif
