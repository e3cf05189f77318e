// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_FILE_BEGINNINGS_HPP
#define STET_READ_IMPL_FILE_BEGINNINGS_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What files begin with that people take for checkpoints. Read as a header's length each is above the format's limit.
struct file_beginning {
    std::string_view bytes; ///< at most eight
    std::string_view means; ///< "it begins as ...", and what to do
};

inline constexpr std::array<file_beginning, 12> file_beginnings{{
    {"version ", "a Git LFS pointer does; fetch the file it stands for with 'git lfs pull'"},
    {"/annex/o", "a git-annex pointer does; fetch the file it stands for with 'git annex get'"},
    {"PK\x03\x04", "a zip archive does, such as torch.save writes; convert it first"},
    {"\x80\x02", "a Python pickle does; convert it first"},
    {"\x80\x03", "a Python pickle does; convert it first"},
    {"\x80\x04", "a Python pickle does; convert it first"},
    {"GGUF", "a GGUF file does; convert it first"},
    {"\x89HDF", "an HDF5 file does; convert it first"},
    {"<!DOCTYP", "a web page does; download the file itself"},
    {"<!doctyp", "a web page does; download the file itself"},
    {"<html", "a web page does; download the file itself"},
    {"{", "a JSON text does; download the file itself"},
}};

/// The end of "it begins as ..." for a file's first bytes; empty for all others.
constexpr std::string_view other_format(std::span<const std::byte> first) noexcept
{
    for (const file_beginning& known : file_beginnings) {
        bool is_it = first.size() >= known.bytes.size();
        for (std::size_t i = 0; i < known.bytes.size() && is_it; ++i)
            is_it = static_cast<char>(first[i]) == known.bytes[i];
        if (is_it)
            return known.means;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail

#endif
