// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_UNDO_FILE_HPP
#define STET_EDIT_IMPL_UNDO_FILE_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "held_file.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A range of a header that changes in place: both its contents, of one size.
struct changed_range {
    std::uint64_t header_length = 0; ///< as the file says it
    std::uint64_t offset = 0;        ///< in the file
    bytes         before{};
    bytes         after{};
};

/// What a disk writes whole, as is usual: a range within one needs no undo file.
inline constexpr std::uint64_t sector_size = 512;

/// Whether a file's name with the undo file's ending is a name still.
bool can_have_undo_file(const held_file& file) noexcept;

/// Writes the range in its place; what fails puts the old bytes back. Without an undo file between.
/// errors: the system's
result<void> change_at_once(const held_file& file, const changed_range& range, durability lasting);

/// The same after an undo file is on stable storage, which is removed in the end.
/// errors: the system's. Where the old bytes could not be put back either, the undo file stays
result<void> change_with_undo(const held_file& file, const changed_range& range, durability lasting,
                              const allocator& memory);

/// Whether a file has an undo file beside it.
/// errors: the system's
result<bool> has_undo_file(const held_file& file);

/// Puts the old bytes back where the range is neither the old nor the new one, and removes the undo file.
/// file:   held to be changed
/// errors: unusable_undo_file, out_of_memory, the system's
result<void> undo(const held_file& file, durability lasting, const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "undo_file.ipp"
#endif

#endif
