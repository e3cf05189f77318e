// SPDX-License-Identifier: MIT
// What a save is told and tells on the way: options, progress, hashes.
#ifndef STET_SAVE_WRITE_OPTIONS_HPP
#define STET_SAVE_WRITE_OPTIONS_HPP

#include "../layout/layout.hpp"
#include "../sink/sink.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

class header;
class part_file;
struct save_options;
struct sink_options;

namespace hashes {

/// SHA-256 or BLAKE3 of some of a file's bytes.
struct digest {
    std::array<std::byte, 32> bytes{};          ///< as they are, not spelled
    std::uint64_t             covers = 0;       ///< how many bytes; that of none is the same for every file
    bool                      is_known = false; ///< false where nobody asked for it
};

/// A CRC-32, or none.
struct checksum {
    std::uint32_t value = 0;        ///< where it is known
    bool          is_known = false; ///< whether it was taken
};

/// Which hashes are taken.
struct kinds {
    bool sha256 = false;  ///< of the whole file
    bool autov1 = false;  ///< of 64 KiB at 1 MiB
    bool data = false;    ///< of all tensors
    bool sshs = false;    ///< kohya's two
    bool crc32 = false;   ///< of the whole file
    bool blake3 = false;  ///< of the whole file
    bool content = false; ///< of what the tensors are, wherever they stand
    bool tensors = false; ///< of each tensor by itself; beside `sha256` or `data` twice the work
};

/// SHA-256 of one tensor's bytes as they stand in the file: packed, little-endian, after a cast.
struct tensor_digest {
    std::string_view name{};   ///< of the tensor; the list it stands in owns it
    digest           sha256{}; ///< of the bytes
};

/// Those of all tensors, in the order of the file. Owns the names.
/// memory: 64 bytes a tensor and its name, all of it taken before the first tensor is hashed
class tensor_digests {
public:
    /// None; what is added takes memory from there.
    explicit tensor_digests(const stet::allocator& memory = heap()) noexcept : list_(memory), names_(memory)
    {
    }

    const tensor_digest* begin() const noexcept STET_LIFETIME_BOUND { return list_.begin(); }
    const tensor_digest* end() const noexcept STET_LIFETIME_BOUND { return list_.end(); }
    std::size_t          size() const noexcept { return list_.size(); } ///< how many tensors

    /// A tensor's digest, by its position in the file.
    const tensor_digest& operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND
    {
        return list_[position];
    }

    /// Makes room for so many tensors, with so many bytes in all their names.
    /// errors: out_of_memory
    result<void> reserve(std::size_t count, std::size_t name_bytes) noexcept;

    /// Adds a tensor for which there is room. Its name is the two texts together.
    void add(std::string_view prefix, std::string_view stem, const digest& sha256) noexcept;

private:
    detail::growing_array<tensor_digest> list_;
    detail::growing_array<char>          names_; ///< one after the other, never moved
};

/// The hashes of one file; texts_of spells them as other programs do.
struct file_hashes {
    std::uint64_t  bytes = 0;     ///< of the whole file
    digest         sha256{};      ///< SHA-256 of the whole file; AutoV2 shows its first ten digits
    digest         autov1{};      ///< SHA-256 of the file's bytes from 1 MiB to 64 KiB later, header or data
    digest         data{};        ///< SHA-256 of all after the header: AutoV3, modelspec.hash_sha256
    digest         sshs_model{};  ///< SHA-256 of all after the header that kohya's trainer would write
    digest         sshs_legacy{}; ///< as autov1, of the file that kohya's trainer would write
    checksum       crc32{};       ///< of the whole file
    digest         blake3{};      ///< BLAKE3 of the whole file
    digest         content{};     ///< the library's own, of names, dtypes, shapes and data in whatever order
    tensor_digests tensors{};     ///< SHA-256 of each tensor by itself
};

/// What a save that is hashed has written.
struct hashed_file {
    std::uint64_t bytes = 0;        ///< of the whole file
    std::uint64_t header_bytes = 0; ///< of the header
    file_hashes   hashes{};         ///< those asked for
};

struct request;

/// Writes header and tensors to a part file as a save without hashes does.
using write_function = result<void> (*)(const header& head, part_file& file, const save_options& options);

/// Who takes the hashes. The header that is given is the one the save would write without them.
struct request_calls {
    /// Asked before anything on the disk changes.
    result<void> (*accept)(const request& wanted, const header& head);
    /// Writes the file and hashes it on the way.
    result<void> (*write_file)(const request& wanted, const header& head, part_file& file,
                               const save_options& options, write_function write, hashed_file& done);
    /// The same into a sink.
    result<void> (*write_sink)(const request& wanted, const header& head, sink_ref destination,
                               const sink_options& options, hashed_file& done);
};

/// What hashes a save takes of the bytes it writes; hashes::while_saving makes one. Plain data.
/// lifetime: borrows what the executor needs
struct request {
    const request_calls* calls = nullptr;         ///< null: none
    hashes::kinds        kinds{};                 ///< which hashes are taken
    bool                 modelspec_field = false; ///< as in while_saving
    bool                 sshs_fields = false;     ///< as in while_saving
    bool                 may_hash_first = true;   ///< as in while_saving
    std::uint64_t        header_room = 0;         ///< as in the save's options, which a save puts here
    void*                jobs_context = nullptr;  ///< these two: of the executor
    /// Runs a job, now or on another thread.
    void (*jobs_run)(void* context, void (*job)(void* argument), void* argument) = nullptr;
};

} // namespace hashes

/// How far a save has come.
struct progress {
    std::uint64_t bytes_done;  ///< of the file, header included
    std::uint64_t bytes_total; ///< that the file will have
    placed_name   tensor;      ///< the one being written
};

/// Called before each tensor, every sixteen megabytes of one, and at the end. Returning false cancels the save, which
/// then leaves nothing behind. A save calls it on its own thread, parallel_writer and hybrid_writer on any of theirs,
/// one call at a time, background_save on its job's. It may throw on the thread that called the save, which then leaves
/// nothing behind; on another, std::terminate ends the program. It may save another file.
using progress_callback = function_ref<bool(const progress&)>;

/// Called with memory that is about to be read, at most sixteen megabytes at a time; see populate_pages.
using prefetch_function = void (*)(bytes soon_read);

namespace detail {

/// Bytes of the block in which small tensors are joined: at most this, less for a smaller file.
inline constexpr std::size_t staging_size = std::size_t{1} << 20U;

} // namespace detail

/// How a file's bytes are written. lifetime: borrows the callback and the memory
struct write_options {
    progress_callback progress{};
    /// Memory to stage in, at best aligned to 64 bytes; when empty, staging_size bytes of the plan's allocator.
    std::span<std::byte> staging{};
    prefetch_function    prefetch = nullptr; ///< for packed tensors
};

namespace detail {

/// Records that stand one after the other in the file, from a byte of the first to a byte of the last. Only a packed
/// tensor may be cut.
struct tensor_run {
    std::size_t   first = 0, last = 0; ///< indices; last is one past
    std::uint64_t begin = 0, end = 0;  ///< bytes from the start of the data
};

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/write_options.ipp"
#endif

#endif
