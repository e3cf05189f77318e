// SPDX-License-Identifier: MIT
#ifndef STET_FILE_IMPL_PART_NAME_HPP
#define STET_FILE_IMPL_PART_NAME_HPP

#include "../../naming/output_name.hpp"
#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// Takes the digits off the end of a text.
constexpr std::string_view take_last_digits(std::string_view& text) noexcept
{
    std::size_t begin = text.size();
    while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9')
        --begin;
    const std::string_view digits = text.substr(begin);
    text.remove_suffix(digits.size());
    return digits;
}

/// Whether digits are a number as it is written here: from 2 on, without a zero before it.
constexpr bool is_attempt(std::string_view digits) noexcept
{
    return !digits.empty() && digits.size() < 7 && digits.front() != '0' && digits != "1";
}

/// A name shortened so that `.100000.part` fits behind it, not inside a character.
constexpr std::string_view exact_part_stem(std::string_view name) noexcept
{
    constexpr std::size_t longest = 255 - 16;
    if (name.size() <= longest)
        return name;
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80U)
        --cut;
    return name.substr(0, cut);
}

/// The name under which a file of an exact path is written: `model.safetensors.part`, or with a number where an
/// earlier saver left or still writes one. A name too long for that is cut: the part file's name only has to be free.
/// attempt: from 1
std::string exact_part_name(std::string_view name, std::uint64_t attempt);

/// Whether an entry has a name that exact_part_name gives this file.
constexpr bool is_exact_part(std::string_view entry, std::string_view name) noexcept
{
    const std::string_view stem = detail::exact_part_stem(name);
    if (!entry.starts_with(stem) || !entry.ends_with(part_extension) ||
        entry.size() < stem.size() + part_extension.size())
        return false;
    std::string_view between = entry.substr(stem.size());
    between.remove_suffix(part_extension.size());
    if (between.empty())
        return true;
    const std::string_view digits = detail::take_last_digits(between);
    return between == "." && detail::is_attempt(digits);
}

/// Whether an entry has a name under which a numbered file is written: `ComfyUI_00007_.part`, `ComfyUI_00007_2.part`.
constexpr bool is_numbered_part(std::string_view entry) noexcept
{
    if (!entry.ends_with(part_extension))
        return false;
    entry.remove_suffix(part_extension.size());
    const std::string_view attempt = detail::take_last_digits(entry);
    if (!(attempt.empty() || detail::is_attempt(attempt)) || !entry.ends_with('_'))
        return false;
    entry.remove_suffix(1);
    const std::string_view number = detail::take_last_digits(entry);
    const bool             is_number = number.size() == 5 || (number.size() > 5 && number.front() != '0');
    return is_number && entry.ends_with('_');
}

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "part_name.ipp"
#endif

#endif
