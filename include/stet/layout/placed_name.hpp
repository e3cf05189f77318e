// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_PLACED_NAME_HPP
#define STET_LAYOUT_PLACED_NAME_HPP

#include "../vocabulary/config.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

/// A tensor's name in the file, in two borrowed pieces that are joined only when the header is written.
/// lifetime: borrows both pieces
struct placed_name {
    std::string_view prefix{}; ///< what the layout puts before the key
    std::string_view stem{};   ///< the key, or what it became

    constexpr std::size_t size() const noexcept { return prefix.size() + stem.size(); }

    constexpr char operator[](std::size_t i) const noexcept
    {
        return i < prefix.size() ? prefix[i] : stem[i - prefix.size()];
    }

    /// Less than, equal to or more than 0, as the joined names compare byte by byte.
    int compare(const placed_name& other) const noexcept;

    /// The pieces joined.
    std::string text() const;
};

/// Whether the joined names are the same text, however they are cut.
constexpr bool operator==(const placed_name& a, const placed_name& b) noexcept
{
    if (a.size() != b.size())
        return false;
    if (a.prefix.size() == b.prefix.size())
        return a.prefix == b.prefix && a.stem == b.stem;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/placed_name.ipp"
#endif

#endif
