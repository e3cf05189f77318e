// SPDX-License-Identifier: MIT
// Tensors of a mapped file, shared with it on the disk instead of copied. Not part of stet.hpp.
#ifndef STET_WRITERS_CLONING_WRITER_HPP
#define STET_WRITERS_CLONING_WRITER_HPP

#include "../save/save.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"
#include "impl/writer_maker.hpp"

namespace STET_NAMESPACE {

/// A file whose bytes are in memory from the first one on: a mapped_file's bytes() and handle().
struct mapped_source {
    bytes       memory{};         ///< where the file is mapped
    file_handle file = no_handle; ///< the file, open for reading
};

/// Which mapped files may be shared.
struct cloning_settings {
    array_view<const mapped_source> files{}; ///< those whose tensors may be shared
};

namespace detail {

result<void> write_cloning(const void* given, const header& head, part_file& file,
                           const save_options& options);

} // namespace detail

/// Lets tensors that lie in mapped files share their blocks with them on the disk, where the file system can do that
/// (btrfs, XFS, bcachefs, OCFS2) and both files have them at places that differ by a multiple of clone_alignment: save
/// with aligned_order<clone_alignment> what was saved so. A copy then takes no time and no space. Writes all other
/// bytes the usual way, and everything where nothing can be shared.
/// Calls producers and progress on the calling thread; they may throw.
/// memory:   one staging block
/// lifetime: borrows the settings. The files stay as they are until the save is over, as for any mapping
inline constexpr detail::writer_maker<cloning_settings> cloning_writer{
    file_writer{.write = detail::write_cloning, .shares_space = true}};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/cloning_writer.ipp"
#endif

#endif
