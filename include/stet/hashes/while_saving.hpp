// SPDX-License-Identifier: MIT
// Hashes of a file while it is saved. Starts a thread, unless an executor is given.
#ifndef STET_HASHES_WHILE_SAVING_HPP
#define STET_HASHES_WHILE_SAVING_HPP

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "../writers/executor.hpp"

namespace STET_NAMESPACE {

namespace detail {

result<void> accept_hashes(const hashes::request& wanted, const header& head);

result<void> write_hashed_file(const hashes::request& wanted, const header& head, part_file& file,
                               const save_options& options, hashes::write_function write,
                               hashes::hashed_file& done);

result<void> write_hashed_sink(const hashes::request& wanted, const header& head, sink_ref destination,
                               const sink_options& options, hashes::hashed_file& done);

inline constexpr hashes::request_calls hashing_calls{
    .accept = accept_hashes, .write_file = write_hashed_file, .write_sink = write_hashed_sink};

} // namespace detail

namespace hashes {

/// Hashes a file while it is saved, by whichever writer, and reads nothing of it back. The value of save_options::hashes:
/// `stet::save(dict, path, {.hashes = stet::hashes::while_saving{.kinds = {.sha256 = true}}})`; the results are in
/// saved_checkpoint::hashes.
///
/// Tensors in memory are hashed from there by another thread while they are written; one that is produced, as it passes.
/// All it takes is one pass over the tensors, but in three cases a second one follows, on the calling thread. Nothing is
/// read back for it: tensors in memory are read there once more, and those that are produced are produced once more.
///     SHA-256 of the whole file, when the header records a hash: only then is the header known.
///     Kohya's hashes of a file that is saved in another order than the reference's.
///     What parallel_writer and hybrid_writer produce out of order: of those tensors alone.
/// What is recorded in the header has a place of its width from the start, and is written there before the file gets its
/// name. A file without tensors has no hash of them, so nothing is recorded.
/// memory:   64 KiB for each of AutoV1 and kohya's hashes, 4 MiB where tensors are produced, 64 bytes and a name for each
///           tensor that is hashed by itself
/// errors:   header_too_large, with the fields, before anything on the disk changes; hash_comes_late; out_of_memory,
///           before the file gets its name
/// lifetime: borrows what the executor needs
struct while_saving {
    hashes::kinds kinds{};        ///< which hashes are taken
    bool modelspec_field = false; ///< puts `modelspec.hash_sha256` into the header, in place of one given
    bool sshs_fields = false;     ///< puts kohya's `sshs_model_hash` and `sshs_legacy_hash` there
    /// Whether a pass over the tensors may come before the writing, where the header records a hash and is on its way
    /// before the data, to a sink or by a file system without write_at. Else that is hash_comes_late.
    bool may_hash_first = true;
    /// Who hashes; not an executor whose only thread is the one that saves. Empty: a thread of the save's own, for tensors
    /// of 1 MiB or more together.
    executor jobs{};

    /// What the option `hashes` takes.
    constexpr operator request() const noexcept
    {
        return {.calls = &detail::hashing_calls,
                .kinds = kinds,
                .modelspec_field = modelspec_field,
                .sshs_fields = sshs_fields,
                .may_hash_first = may_hash_first,
                .jobs_context = jobs.context,
                .jobs_run = jobs.run};
    }
};

} // namespace hashes

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/while_saving.ipp"
#endif

#endif
