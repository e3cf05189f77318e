// SPDX-License-Identifier: MIT
// A checkpoint's metadata and names changed where the file lies. Not part of stet.hpp.
#ifndef STET_EDIT_EDIT_HPP
#define STET_EDIT_EDIT_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "edit_options.hpp"

#include <string>
#include <string_view>

namespace STET_NAMESPACE::edit {

/// Changes a file's metadata and its tensors' names. The tensors keep their bytes and their order; a header that has room,
/// be it spaces after its text or a `__spacer` in its metadata, is written anew into the same size with all of the room
/// as spaces. Else it grows by multiples of 4096 bytes, so that the tensors are aligned as before; those of a file that is
/// not aligned to 8 bytes are then. Metadata is ordered by key.
/// What is left of an edit in place that was killed is cleared up first, see recover(); one that was not in place leaves
/// its part file, as a save does, see file/abandoned_parts.hpp.
/// errors: those of exact_target::resolve, read_header and make_header; file_missing; file_in_use; editing_not_offered;
///         no_such_tensor; duplicate_name, reserved_name and invalid_utf8 for new names; file_changed; cancelled; those
///         of a save. The file is then as it was, but for one that was being edited in place and whose old header could
///         not be written back: recover() does that
result<edited> apply(const std::string& path, const changes& wanted, const options& how = {});

/// Fills a slot that was reserved when the file was saved, and changes nothing else: a digest of all but the slot stays
/// true.
/// text:   of just the slot's size, without what JSON writes with escapes
/// errors: missing_slot; slot_size_mismatch; invalid_metadata_value; else those of apply
result<edited> fill(const std::string& path, std::string_view key, std::string_view text,
                    const options& how = {});

/// Clears up after an edit in place that was cut short: the header is the old or the new one then, and the undo file
/// beside it, `model.safetensors.stet-undo`, is gone.
/// returns: whether there was an undo file
/// errors:  unusable_undo_file, which changes nothing; those of exact_target::resolve; file_missing; file_in_use; the
///          system's
result<bool> recover(const std::string& path, const options& how = {});

} // namespace STET_NAMESPACE::edit

#if STET_BODIES
#include "impl/edit.ipp"
#endif

#endif
