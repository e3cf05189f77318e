// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_SLOT_HPP
#define STET_EDIT_SLOT_HPP

#include "../read/checkpoint_header.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::edit {

/// Under this key C2PA keeps its manifest store, in standard Base64 with padding. A digest that binds a manifest to a
/// file covers all of the file but the text between the quotes.
/// source: C2PA 2.4, as c2pa-ml 0.2.0 reads it
inline constexpr std::string_view c2pa_key = "c2pa:manifest";

/// A place in a file that a text of just its size can be filled into, whatever a digest of the rest says then.
struct slot {
    std::uint64_t start = 0;  ///< the first byte after the opening quote, from the start of the file
    std::uint64_t length = 0; ///< bytes up to the closing quote

    constexpr std::uint64_t end() const noexcept { return start + length; }
};

/// The text to save under a key so that a slot of that size is there: `{stet::edit::c2pa_key, slot_text(16'384)}`.
/// store_size: bytes of what will be filled in, in Base64
std::string slot_text(std::uint64_t store_size);

/// Where in the file the value of a metadata key lies: what a digest leaves out, and what fill() writes.
/// errors: missing_slot when there is no such key, it is there twice, or key or value is written with escapes, so that
///         who looks for the bytes does not find them
result<slot> find_slot(const checkpoint_header& header, std::string_view key = c2pa_key);

} // namespace STET_NAMESPACE::edit

#if STET_BODIES
#include "impl/slot.ipp"
#endif

#endif
