// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_PARALLEL_WRITER_HPP
#define STET_WRITERS_PARALLEL_WRITER_HPP

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "executor.hpp"
#include "impl/writer_maker.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

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

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/parallel_writer.ipp"
#endif

#endif
