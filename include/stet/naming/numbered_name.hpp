// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_NUMBERED_NAME_HPP
#define STET_NAMING_NUMBERED_NAME_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/decimal.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

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
constexpr std::optional<std::uint64_t> number_taken(std::string_view entry, std::string_view stem,
                                                    name_case letters = name_case::sensitive) noexcept
{
    if (entry.size() < stem.size() + 2 || entry[stem.size()] != '_')
        return std::nullopt;
    for (std::size_t i = 0; i < stem.size(); ++i) {
        if (entry[i] != stem[i] && (letters == name_case::sensitive ||
                                    detail::lower_ascii(entry[i]) != detail::lower_ascii(stem[i])))
            return std::nullopt;
    }
    std::uint64_t number = 0;
    std::size_t   at = stem.size() + 1;
    for (; at < entry.size() && entry[at] >= '0' && entry[at] <= '9'; ++at) {
        const auto digit = static_cast<std::uint64_t>(entry[at] - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return std::nullopt;
        number = number * 10 + digit;
    }
    const bool ends_there = at == entry.size() || entry[at] == '_' || entry[at] == '.';
    if (at == stem.size() + 1 || !ends_there)
        return std::nullopt;
    return number;
}

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
    constexpr void see(std::string_view entry) noexcept
    {
        const auto number = detail::number_taken(entry, stem_, letters_);
        if (number && *number > largest_)
            largest_ = *number;
    }

    /// errors: counter_exhausted at 2^64 - 1
    constexpr result<std::uint64_t> next() const noexcept
    {
        if (largest_ == UINT64_MAX)
            return error{.code = errc::counter_exhausted, .actual = largest_}.about(stem_);
        return largest_ + 1;
    }

private:
    std::string_view stem_;
    name_case        letters_;
    std::uint64_t    largest_ = 0;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/numbered_name.ipp"
#endif

#endif
