// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_EDIT_OPTIONS_HPP
#define STET_EDIT_EDIT_OPTIONS_HPP

#include "../file/file_system.hpp"
#include "../file/native_file_system.hpp"
#include "../header/header.hpp"
#include "../read/checkpoint_header.hpp"
#include "../save/write_options.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::edit {

/// Another name for a tensor.
struct renaming {
    std::string_view from{}; ///< the name there is
    std::string_view to{};   ///< the name it gets
};

/// What is to be different. All at once: two tensors may swap their names.
/// lifetime: borrows the texts
struct changes {
    metadata_view metadata{}; ///< where given, this becomes the metadata, all of it, before what follows
    metadata_view set{};      ///< keys that have this value then, whether they were there or not
    array_view<const std::string_view> remove{}; ///< keys that are not there then, unless set
    array_view<const renaming>         rename{}; ///< tensors to rename
};

/// What happens to the file.
enum class way : std::uint8_t {
    /// Another file takes its place in one step: who looks sees the old or the new one, at every moment and after a loss
    /// of power, and what is mapped or open stays as it was. The tensors share their blocks on the disk with the old
    /// file's where the file system can do that (btrfs, XFS and their like), else they are copied.
    whole,
    /// Where what changes fits into the header the file itself is written to, at a cost that does not depend on its size:
    /// else as with `whole`. It risks this: who reads or has mapped the file meanwhile may see a mixture of both headers,
    /// and so may who reads it after a loss of power or after this process was killed, until recover() or the next edit
    /// puts the old one back.
    in_place,
};

/// What was done, and so what holds.
enum class done : std::uint8_t {
    nothing, ///< the file was as it should be
    cloned,  ///< another file that shares the tensors' blocks took its place: old or new, for everyone
    copied,  ///< another file took its place: old or new, for everyone
    /// In place, within one sector of 512 bytes: old or new after a loss of power on disks that write a sector whole, as
    /// is usual and promised by nobody. Who has the file mapped may see a mixture for a moment.
    one_sector,
    /// In place, with an undo file: old or new after recover() or the next edit, before that perhaps a mixture.
    with_undo,
};

/// How a file is edited, and where the result goes.
struct options {
    edit::way        way = edit::way::whole;              ///< another file in its place, or the file itself
    stet::durability durability = stet::durability::full; ///< without it nothing is said of a loss of power
    /// Spaces after the header's text, at least, where it has to grow.
    std::uint64_t header_room = 0;
    /// Where to write the edited file instead; the file itself stays as it is.
    std::string_view         copy_to{};
    existing_file            existing = existing_file::refuse; ///< of `copy_to`
    progress_callback        progress{};                       ///< while tensors are copied; names none
    stet::allocator          allocator = heap();
    const stet::file_system* file_system = &native_file_system();
};

/// The file as it is now.
struct edited {
    edit::done    done = edit::done::nothing; ///< how it was done
    std::uint64_t bytes = 0;                  ///< of the whole file
    std::uint64_t header_bytes = 0;           ///< of the header, its spaces included
    std::uint64_t room = 0;                   ///< spaces left: how much the header's text may grow in place
    bool          has_moved = false;          ///< whether the tensors begin at another place of the file
    bool          keeps_access = true;        ///< as in saved_checkpoint
    /// Metadata that was taken out because it is no longer true: digests of names or of other metadata, a C2PA manifest.
    std::vector<std::string> dropped{};
};

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
#include "impl/edit_options.ipp"
#endif

#endif
