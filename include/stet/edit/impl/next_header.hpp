// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_NEXT_HEADER_HPP
#define STET_EDIT_IMPL_NEXT_HEADER_HPP

#include "../../read/checkpoint_header.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../edit_options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace STET_NAMESPACE::detail {

/// The header that an edited file is to have.
struct next_header {
    growing_array<std::byte> all;           ///< every byte before the data
    std::uint64_t            text_size = 0; ///< of the JSON text in it
    std::vector<std::string> dropped{};     ///< metadata that is no longer true, and so is not in it
};

/// What a lenient reader took in a file of that size.
edit::repaired flaws_in(const checkpoint_header& old, std::uint64_t file_size) noexcept;

/// Spells the header anew: of the old one's size where it fits, else longer by a multiple of clone_alignment, or aligned to
/// 8 bytes where the old one is not.
/// flaws:  what the file has that goes
/// errors: no_such_tensor, duplicate_name, reserved_name, invalid_utf8; those of make_header
result<next_header> spell_next_header(const checkpoint_header& old, const edit::changes& wanted,
                                      const edit::repaired& flaws, std::uint64_t room,
                                      const allocator& memory);

/// The old header with other bytes in a slot of it.
/// errors: missing_slot, slot_size_mismatch, invalid_metadata_value, out_of_memory
result<next_header> fill_header(const checkpoint_header& old, std::string_view key, std::string_view text,
                                const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "next_header.ipp"
#endif

#endif
