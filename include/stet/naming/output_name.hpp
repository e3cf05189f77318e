// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_OUTPUT_NAME_HPP
#define STET_NAMING_OUTPUT_NAME_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

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
bool is_device_name(std::string_view part) noexcept;

bool is_allowed(std::string_view part, path_style style) noexcept;

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

/// What every checkpoint's name ends in.
inline constexpr std::string_view checkpoint_extension = ".safetensors";

/// What the name of a file that is still being written ends in. Shorter than the checkpoint's, so that it fits
/// wherever the final name fits.
inline constexpr std::string_view part_extension = ".part";

/// `ComfyUI_00007_` and the extension: five digits, more where the number needs them.
/// source: ComfyUI 0.8.0, nodes_model_merging.py
std::string numbered_name(std::string_view stem, std::uint64_t counter, std::string_view extension);

namespace detail {

constexpr char lower_ascii(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace detail

/// Whether a file system tells `A` from `a`.
enum class name_case : std::uint8_t { sensitive, insensitive };

namespace detail {

/// The number that a folder's entry takes from a stem: that of `stem_00007_.safetensors`, `stem_00007_.png`,
/// `stem_7.safetensors`, `stem_00007_.part`, or nothing. What follows the digits must be the end, '_' or '.'.
/// A number beyond 64 bits takes nothing, as no name given out here can meet it.
std::optional<std::uint64_t> number_taken(std::string_view entry, std::string_view stem,
                                          name_case letters = name_case::sensitive) noexcept;

} // namespace detail

/// The next free number of a stem, from the names in its folder: the largest taken plus one, 1 in a folder without
/// any; gaps are not filled. No I/O: show it the names one by one.
/// lifetime: borrows the stem
class counter {
public:
    /// Begins at 1. `stem` is what comes before the number.
    explicit constexpr counter(std::string_view stem, name_case letters = name_case::sensitive) noexcept
        : stem_(stem), letters_(letters)
    {
    }

    /// Takes note of a name in the folder.
    void see(std::string_view entry) noexcept;

    /// errors: counter_exhausted at 2^64 - 1
    result<std::uint64_t> next() const noexcept;

private:
    std::string_view stem_;
    name_case        letters_;
    std::uint64_t    largest_ = 0;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/output_name.ipp"
#endif

#endif
