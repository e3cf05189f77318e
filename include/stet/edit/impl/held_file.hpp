// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_HELD_FILE_HPP
#define STET_EDIT_IMPL_HELD_FILE_HPP

#include "../../file/exact_target.hpp"
#include "../../sink/sink.hpp"
#include "../../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace STET_NAMESPACE::detail {

/// A file that exists and is to be changed or replaced: it is open, and locked where the file system can do that, so that
/// no other saver replaces or changes it meanwhile. A byte_source.
/// lifetime: borrows the file system
class held_file {
public:
    /// Links are followed to the file they name, as exact_target follows them. Waits a moment for a saver that is just
    /// replacing the file.
    /// errors: invalid_file_name; folder_missing; file_missing; not_a_regular_file; too_many_links; untrusted_link;
    ///         file_in_use; file_changed when it is replaced time and again; editing_not_offered; the system's
    static result<held_file> take(const file_system& calls, const std::string& path, file_use use);

    held_file(held_file&& other) noexcept;
    held_file& operator=(held_file&&) = delete;
    held_file(const held_file&) = delete;
    held_file& operator=(const held_file&) = delete;
    ~held_file() { close(); }

    const std::string& path() const noexcept { return path_; }
    const file_system& calls() const noexcept { return in_.calls(); }
    file_handle        handle() const noexcept { return handle_; }

    /// Bytes of the file, as it was when it was opened.
    std::uint64_t size() const noexcept { return facts_.size; }

    /// What was known of it then.
    const entry_facts& facts() const noexcept { return facts_; }

    /// The folder it lies in, and its name there.
    const folder&      in() const noexcept { return in_; }
    const std::string& name() const noexcept { return name_; }

    /// Fills the buffer. Several threads may do so at once.
    /// errors: incomplete_data when the file ends before the buffer is full; the system's
    result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const;

    /// Writes all of the bytes in their place. Only for one that is held to be changed.
    /// errors: editing_not_offered; the system's, after which some bytes may be written
    result<void> write(std::uint64_t offset, bytes data) const;

    /// Brings the content to stable storage.
    /// errors: sync_not_offered; the system's
    result<void> sync() const;

    /// errors: file_changed when the name leads to another file, or to none; the system's
    result<void> still_named() const;

    /// A file to be written beside it, to take its place.
    /// errors: those of exact_target::take
    result<exact_target> beside() const;

    /// Lets a file that was written beside it take its place, and lets go of this one.
    /// errors: those of part_file::publish_over; this file bears its name then
    result<void> replace_by(exact_target& next, durability lasting);

private:
    held_file(exact_target::place where, std::string path) noexcept;

    /// Locks and opens the file. False when another one has its name by now.
    result<bool> open(file_use use);

    void close() noexcept;

    folder      in_;
    std::string name_;
    std::string in_path_;
    std::string path_;
    file_handle handle_ = no_handle;
    entry_facts facts_{};
    file_lock   lock_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "held_file.ipp"
#endif

#endif
