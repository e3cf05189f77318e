// SPDX-License-Identifier: MIT
#ifndef STET_FILE_PART_FILE_HPP
#define STET_FILE_PART_FILE_HPP

#include "../sink/sink.hpp"
#include "../vocabulary/config.hpp"
#include "folder.hpp"
#include "impl/file_access.hpp"
#include "impl/file_lock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace STET_NAMESPACE {

/// A file that is being written under a name no reader takes for a checkpoint. It is removed on destruction unless
/// publish() gave it its final name. It is locked while it bears its first name, where the file system can do that, so
/// that others can tell it from one whose saver was killed. A sink.
/// lifetime: borrows the folder's handle and the file system
class part_file {
public:
    /// How often a saver creates its file anew when others keep removing it.
    static constexpr std::size_t most_losses = 1000;

    /// Creates the file exclusively.
    /// path:     the final path, which errors speak of
    /// replaces: the name of the file it may replace, or nothing. Where that exists only the owner reads and writes the
    ///           new one until publish(); else its mode is 0666 less the umask from the start
    /// errors:   name_taken when anything bears the name already; part_file_lost when another process locked the file
    ///           before this one could, and removes it; the system's
    static result<part_file> create(const folder& in, std::string name, std::string path,
                                    const std::string& replaces = {});

    part_file(part_file&& other) noexcept;
    part_file& operator=(part_file&&) = delete;
    part_file(const part_file&) = delete;
    part_file& operator=(const part_file&) = delete;
    ~part_file();

    /// The final path.
    const std::string& path() const noexcept { return path_; }
    /// The name that it bears in its folder until publish().
    const std::string& name() const noexcept { return name_; }
    /// The calls it was created by.
    const file_system& calls() const noexcept { return *calls_; }
    /// Its handle, for those calls.
    file_handle handle() const noexcept { return handle_; }

    /// Gives it another name for the time until publish(), and another final path, in the same folder.
    /// errors: name_taken when anything bears the name already; part_file_lost; rename_not_offered; the system's
    result<void> rename(std::string name, std::string path);

    /// Sets space aside, so that a full disk shows before the first byte is written and the file lies in few pieces.
    /// errors: disk_full, file_too_large; a file system that cannot do it is no error
    result<void> preallocate(std::uint64_t size);

    /// Appends all of the bytes, however few the system takes at a time.
    result<void> write(bytes data);

    /// Whether write_at() can be used.
    bool is_positional() const noexcept { return calls_->write_at != nullptr; }

    /// Writes all of the bytes at a position; several threads may at once. Does not move where write() appends.
    result<void> write_at(std::uint64_t offset, bytes data) const;

    /// Lets a part of another file be a part of this one. False where that cannot be done, for whatever reason.
    /// offsets, size: multiples of clone_alignment
    bool clone(file_handle from, std::uint64_t from_offset, std::uint64_t offset, std::uint64_t size) const;

    /// What a call on this file returned, as a result about it. An error tells the size of the whole file, where that is
    /// known: what was to fit.
    result<void> checked(os_result returned, detail::system_step step, std::uint64_t piece = 0) const;

    /// Opens the file once more, for writes past the system's cache; the caller closes it. No handle where the file
    /// system has no such way, or has another file under the name by now.
    os_result open_direct() const;

    /// Brings what is written to stable storage, so that publish() has less to wait for.
    /// errors: sync_not_offered; the system's
    result<void> sync() const
    {
        const auto synced = detail::retried([&] { return calls_->sync(calls_->context, handle_); });
        if (detail::is_not_offered(synced.error))
            return error{.code = errc::sync_not_offered, .os_code = synced.error}.about(path_);
        return checked(synced, detail::system_step::sync);
    }

    /// Closes the file and gives it its final name. A file that it replaces hands on owner, group, access list and mode.
    /// With durability::full the content is on stable storage before that, and the name after.
    /// in:     the folder it was created in
    /// errors: name_taken when the name is in use and may not be replaced, after which it may be called again;
    ///         part_file_lost; sync_not_offered; rename_not_offered; the system's. The final name leads then to what it
    ///         led to, and the part file goes on destruction, but where only making the name last fails: an old file is
    ///         already replaced where two cannot be swapped, and what another saver published meanwhile stays
    result<void> publish(const folder& in, const std::string& final_name, existing_file existing,
                         durability lasting);

    /// As publish, with existing_file::replace, but in the place of no other file than `only`.
    /// held:   its lock, if it could be locked
    /// errors: file_changed when another file bears the final name, which it keeps; else those of publish
    result<void> publish_over(const folder& in, const std::string& final_name, const entry_facts& only,
                              detail::file_lock held, durability lasting);

    /// Whether owner, group, access list and mode of a replaced file were all handed on. What could not be is narrower
    /// now: nobody else reads or writes the new file than did the old one.
    bool keeps_access() const noexcept { return keeps_access_; }

private:
    part_file(const folder& in, std::string name, std::string path, file_handle handle) noexcept;

    template <class Write>
    result<void> write_all(bytes data, Write write) const
    {
        while (!data.empty()) {
            const auto taken = detail::retried([&] { return write(data); });
            if (taken.error != 0)
                return checked(taken, detail::system_step::write, data.size());
            if (taken.value <= 0 || static_cast<std::uint64_t>(taken.value) > data.size())
                return checked({.value = 0, .error = EIO}, detail::system_step::write, data.size());
            data = data.subspan(static_cast<std::size_t>(taken.value));
        }
        return {};
    }

    os_result look_at(file_handle file, entry_facts& facts) const;

    /// Locks the file. What cannot be locked does without.
    result<void> lock(const folder& in);

    os_result look_at_name(entry_facts& named) const;

    /// errors: part_file_lost when the name leads to nothing or to another saver's file; the system's
    result<void> still_named() const;

    error lost(int os_code) const;

    /// Takes over the access of what it replaces.
    result<void> take_access(const folder& in, const std::string& final_name);
    result<void> close(durability lasting);
    result<void> give_name(const std::string& name, existing_file existing) const;
    result<void> move(const std::string& final_name, existing_file existing);

    /// Takes a free name and makes that last, or leaves the name free.
    result<void> take_free(const folder& in, const std::string& final_name);

    /// Leaves the final name free again, unless another saver has taken it since.
    void leave_free(const folder& in, const std::string& final_name);

    /// Takes the name of an old file, or a free one, and makes that last, or gives it back.
    result<void> replace(const folder& in, const std::string& final_name);

    /// Takes the name of the one file that it may replace.
    result<void> replace_only(const folder& in, const std::string& final_name, const entry_facts& only,
                              detail::file_lock held);

    os_result swap_with(const std::string& final_name) const;

    /// Makes a swap last and drops the old file, which bears the part file's name now; or swaps back.
    result<void> settle_swap(const folder& in, const std::string& final_name, detail::file_lock old);

    /// Locks what a swap brought, if it is not what was locked before: a program that takes no locks may have replaced
    /// that just then.
    /// returns: whether it is this saver's to remove
    result<bool> hold_old(const folder& in, detail::file_lock& old) const;

    enum class taken_back : std::uint8_t {
        yes,       ///< the part file's name leads to this file again, and what it replaced has its own
        overtaken, ///< another saver has replaced this file: what this one replaced bears the part file's name
        no,        ///< the system does not give it back
    };

    /// Swaps back, unless another saver has replaced this file since.
    taken_back swap_back(const folder& in, const std::string& final_name);

    os_result remove(const std::string& name) const;

    const file_system*                 calls_;
    file_handle                        folder_;
    std::string                        name_;
    std::string                        path_;
    std::uint64_t                      size_ = 0; ///< as announced to preallocate()
    file_handle                        handle_;
    bool                               is_named_;
    bool                               is_closed_ = false; ///< whole, for one that was to have a name in use
    entry_facts                        own_{};
    detail::file_lock                  lock_{};     ///< until the name is given up
    std::optional<detail::file_access> replaced_{}; ///< of the old file, as it was at first
    bool                               keeps_access_ = true;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/part_file.ipp"
#include "impl/part_file_swap.ipp"
#endif

#endif
