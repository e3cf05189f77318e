// SPDX-License-Identifier: MIT
// Ways to write a file beside the usual one: past the cache, on several threads, by sharing blocks. Not part of stet.hpp.
#ifndef STET_WRITERS_FILE_WRITERS_HPP
#define STET_WRITERS_FILE_WRITERS_HPP

#include "../save/save.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "executor.hpp"
#include "impl/writer_maker.hpp"

#include <cstddef>
#include <cstdint>

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

/// How much of a file goes through the system's cache while the rest goes past it.
struct hybrid_settings {
    std::uint64_t  most_cached = std::uint64_t{1} << 30U; ///< bytes
    unsigned       most_percent = 60;                     ///< of the file, 0 to 100
    block_settings blocks{}; ///< size, number and alignment of the blocks under way
};

namespace detail {

result<void> accept_hybrid(const void* given);

result<void> write_hybrid(const void* given, const header& head, part_file& file,
                          const save_options& options);

} // namespace detail

/// Writes both ways at once: the first part of the file through the system's cache on another thread, the rest past it
/// on the calling one. The least time until a save returns that is too large for the cache alone, and need not be
/// durable.
/// Calls producers on both threads, of different tensors at the same time, and progress on either thread, one call at a
/// time. What throws on the calling thread stops the other and passes; on the other thread nothing may throw, or
/// std::terminate ends the program. A callback may save another file, but not by the same executor.
/// memory:   as direct_writer, and one staging block
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::default_writer_maker<hybrid_settings> hybrid_writer{
    file_writer{.write = detail::write_hybrid, .accept = detail::accept_hybrid}};

/// When a save leaves the usual way.
struct automatic_settings {
    std::uint64_t large_durable = std::uint64_t{256}
                                  << 20U;             ///< bytes of a durable file that goes past the cache
    std::uint64_t   large = std::uint64_t{12} << 30U; ///< bytes of another that goes both ways
    hybrid_settings hybrid{};                         ///< its blocks are also those of the direct way
};

namespace detail {

result<void> accept_automatic(const void* given);

result<void> write_automatic(const void* given, const header& head, part_file& file,
                             const save_options& options);

} // namespace detail

/// Writes the way that is fastest for the file: as direct_writer when it is to be durable and has 256 MiB or more; as
/// hybrid_writer when it need not be, from 12 GiB on, where the cache alone waits for the disk; else through the
/// system's cache. Calls producers and progress as those do.
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::default_writer_maker<automatic_settings> automatic_writer{
    file_writer{.write = detail::write_automatic, .accept = detail::accept_automatic}};

/// Who prepares and writes tensors beside the calling thread.
struct parallel_settings {
    executor    jobs{};                          ///< empty: the calling thread writes alone, the usual way
    unsigned    workers = 1;                     ///< jobs that are given to it
    std::size_t staging = std::size_t{1} << 20U; ///< bytes for each thread, at least one
    std::size_t portion = std::size_t{4} << 20U; ///< bytes of tensors a thread takes at a time, or one tensor
};

namespace detail {

result<void> accept_parallel(const void* given);

result<void> write_parallel(const void* given, const header& head, part_file& file,
                            const save_options& options);

} // namespace detail

/// Lets several threads prepare and write tensors at once, each through the system's cache: for tensors whose bytes
/// cost time to make. Takes the usual way where a file system has no positional writes. The bytes in the file are the
/// same for any number of threads.
/// Calls producers of different tensors at the same time, on all of these threads, and progress on any of them, one
/// call at a time. What throws on the calling thread stops the others and passes; on the others nothing may throw, or
/// std::terminate ends the program. A callback may save another file, but not by the same executor.
/// memory:   staging bytes for each thread
/// errors:   invalid_setting, before anything on the disk changes
/// lifetime: borrows the settings
inline constexpr detail::writer_maker<parallel_settings> parallel_writer{
    file_writer{.write = detail::write_parallel, .accept = detail::accept_parallel}};

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
#include "impl/direct_writer.ipp"
#include "impl/parallel_writer.ipp"
#endif

#endif
