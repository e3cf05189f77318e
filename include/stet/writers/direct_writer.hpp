// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_DIRECT_WRITER_HPP
#define STET_WRITERS_DIRECT_WRITER_HPP

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "block_settings.hpp"
#include "impl/writer_maker.hpp"

namespace STET_NAMESPACE {

namespace detail {

result<void> accept_blocks(const void* given);

result<void> write_direct(const void* given, const header& head, part_file& file,
                          const save_options& options);

result<void> write_overlapped(const void* given, const header& head, part_file& file,
                              const save_options& options);

} // namespace detail

/// Writes past the system's cache: several blocks are under way to the disk while the next is filled, and packed
/// tensors whose address fits their place in the file (see aligned_order) are not copied. The fastest way to a durable
/// file, and the one that leaves other programs' cached files alone. Takes the usual way where the file system has no
/// such way. Calls producers and progress on the calling thread, and waits for what is under way when they throw.
/// memory:   blocks * block_size bytes, 32 MiB unless set otherwise
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::default_writer_maker<block_settings> direct_writer{
    file_writer{.write = detail::write_direct, .accept = detail::accept_blocks}};

/// Writes through the system's cache, from another thread: tensors that are produced, gathered or read from a slow
/// place are prepared while earlier ones are written.
/// Calls producers and progress on the calling thread, and waits for what is under way when they throw.
/// memory:   blocks * block_size bytes
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::default_writer_maker<block_settings> overlapped_writer{
    file_writer{.write = detail::write_overlapped, .accept = detail::accept_blocks}};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/direct_writer.ipp"
#endif

#endif
