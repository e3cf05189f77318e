// SPDX-License-Identifier: MIT
#ifndef STET_FILE_PART_FILE_HPP
#define STET_FILE_PART_FILE_HPP

#include "../sink/sink.hpp"
#include "impl/file_lock.hpp"
#include "folder.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

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
    /// path:   the final path, which errors speak of
    /// errors: name_taken when anything bears the name already; part_file_lost when another process locked the file
    ///         before this one could, and removes it; the system's
    static result<part_file> create(const folder& in, std::string name, std::string path)
    {
        const file_system& calls = in.calls();
        const auto         created =
            retried([&] { return calls.create_file(calls.context, in.handle(), name.c_str()); });
        if (created.error != 0)
            return os_error(created.error, path);
        part_file part(in, std::move(name), std::move(path), static_cast<file_handle>(created.value));
        if (auto locked = part.lock(in); !locked)
            return locked.error();
        return part;
    }

    part_file(part_file&& other) noexcept
        : calls_(other.calls_), folder_(other.folder_), name_(std::move(other.name_)),
          path_(std::move(other.path_)), size_(other.size_), handle_(std::exchange(other.handle_, no_handle)),
          is_named_(std::exchange(other.is_named_, false)), own_(other.own_), lock_(std::move(other.lock_))
    {
    }
    part_file& operator=(part_file&&) = delete;
    part_file(const part_file&) = delete;
    part_file& operator=(const part_file&) = delete;
    ~part_file()
    {
        if (handle_ != no_handle)
            calls_->close(calls_->context, handle_);
        if (!is_named_)
            return;
        entry_facts named;
        const auto  found = look_at_name(named);
        // A name that is gone may be another saver's by the time it is removed.
        if (found.error == 0 ? detail::is_same_entry(own_, named) : found.error != ENOENT)
            remove(name_);
    }

    /// The final path.
    const std::string& path() const noexcept { return path_; }

    const file_system& calls() const noexcept { return *calls_; }
    file_handle        handle() const noexcept { return handle_; }

    /// Gives it the mode of the file it will replace.
    result<void> set_mode(std::uint32_t mode) const
    {
        return checked(retried([&] { return calls_->set_mode(calls_->context, handle_, mode); }));
    }

    /// Sets space aside, so that a full disk shows before the first byte is written and the file lies in few pieces.
    /// errors: disk_full, file_too_large; a file system that cannot do it is no error
    result<void> preallocate(std::uint64_t size)
    {
        size_ = size;
        if (calls_->preallocate == nullptr)
            return {};
        const auto reserved = retried([&] { return calls_->preallocate(calls_->context, handle_, size); });
        if (is_not_offered(reserved.error) || reserved.error == EPERM || reserved.error == ENODEV)
            return {};
        return checked(reserved);
    }

    /// Appends all of the bytes, however few the system takes at a time.
    result<void> write(bytes data)
    {
        return write_all(data, [&](bytes left) {
            return calls_->write(calls_->context, handle_, left.data(), left.size());
        });
    }

    /// Whether write_at() can be used.
    bool is_positional() const noexcept { return calls_->write_at != nullptr; }

    /// Writes all of the bytes at a position; several threads may at once. Does not move where write() appends.
    result<void> write_at(std::uint64_t offset, bytes data) const
    {
        return write_all(data, [&](bytes left) {
            return calls_->write_at(calls_->context, handle_, offset + (data.size() - left.size()),
                                    left.data(), left.size());
        });
    }

    /// Lets a part of another file be a part of this one. False where that cannot be done, for whatever reason.
    /// offsets, size: multiples of clone_alignment
    bool clone(file_handle from, std::uint64_t from_offset, std::uint64_t offset, std::uint64_t size) const
    {
        if (calls_->clone == nullptr)
            return false;
        const auto cloned =
            retried([&] { return calls_->clone(calls_->context, from, from_offset, handle_, offset, size); });
        return cloned.error == 0;
    }

    /// What a call on this file returned, as a result about it. An error tells the size of the whole file, where that is
    /// known: what was to fit.
    result<void> checked(os_result returned, std::uint64_t piece = 0) const
    {
        if (returned.error == 0)
            return {};
        error failed = os_error(returned.error, path_);
        failed.expected = size_ < piece ? piece : size_;
        return failed;
    }

    /// Opens the file once more, for writes past the system's cache; the caller closes it. No handle where the file
    /// system has no such way, or has another file under the name by now.
    os_result open_direct() const
    {
        constexpr os_result none{.value = no_handle, .error = ENOTSUP};
        if (calls_->open_direct == nullptr || calls_->write_at == nullptr)
            return none;
        const auto opened =
            retried([&] { return calls_->open_direct(calls_->context, folder_, name_.c_str()); });
        if (opened.error != 0)
            return {.value = no_handle, .error = opened.error};
        const auto  direct = static_cast<file_handle>(opened.value);
        entry_facts named;
        if (look_at(direct, named).error == 0 && detail::is_same_entry(own_, named))
            return opened;
        calls_->close(calls_->context, direct);
        return none;
    }

    /// Closes the file and gives it its final name. With durability::full the content is on stable storage before
    /// that, and the name after.
    /// in:     the folder it was created in
    /// errors: name_taken when the name is in use and may not be replaced; part_file_lost; the system's. What bore the
    ///         final name before then bears it still, and the part file goes on destruction. One exception: where the
    ///         system cannot swap two files, an old one is already replaced when only making that last fails
    result<void> publish(const folder& in, const std::string& final_name, existing_file existing,
                         durability lasting)
    {
        // Else another saver's unfinished file might appear under the final name.
        if (auto named = still_named(); !named)
            return named;
        if (auto closed = close(lasting); !closed)
            return closed;
        if (lasting == durability::none)
            return move(final_name, existing);
        bool was_free = existing == existing_file::refuse;
        if (!was_free) {
            // Swapped, the old file bears the part file's name and may be needed once more.
            const auto      old = calls_->exchange != nullptr ? detail::file_lock::take(in, final_name, path_)
                                                              : os_error(ENOTSUP, path_);
            const os_result swapped = swap_with(final_name);
            if (swapped.error == 0)
                return settle_swap(in, final_name);
            was_free = swapped.error == ENOENT;
            if (!was_free && !is_not_offered(swapped.error) && swapped.error != EPERM)
                return checked(swapped);
        }
        if (auto moved = move(final_name, existing); !moved)
            return moved;
        auto synced = in.sync(path_);
        if (!synced && was_free)
            remove(final_name);
        return synced;
    }

private:
    part_file(const folder& in, std::string name, std::string path, file_handle handle) noexcept
        : calls_(&in.calls()), folder_(in.handle()), name_(std::move(name)), path_(std::move(path)),
          handle_(handle), is_named_(true)
    {
    }

    template <class Write>
    result<void> write_all(bytes data, Write write) const
    {
        while (!data.empty()) {
            const auto taken = retried([&] { return write(data); });
            if (taken.error != 0)
                return checked(taken, data.size());
            if (taken.value <= 0 || static_cast<std::uint64_t>(taken.value) > data.size())
                return checked({.value = 0, .error = EIO}, data.size());
            data = data.subspan(static_cast<std::size_t>(taken.value));
        }
        return {};
    }

    os_result look_at(file_handle file, entry_facts& facts) const
    {
        return retried([&] { return calls_->inspect(calls_->context, file, "", links::follow, facts); });
    }

    /// Locks the file. What cannot be locked does without.
    result<void> lock(const folder& in)
    {
        auto locked = detail::file_lock::take(in, name_, path_);
        if (locked) {
            lock_ = *std::move(locked);
        } else if (locked.error().os_code == EBUSY) {
            is_named_ = false; // whoever was quicker sees to it
            return lost(EBUSY);
        }
        if (auto looked = checked(look_at(handle_, own_)); !looked)
            return looked;
        return still_named();
    }

    os_result look_at_name(entry_facts& named) const
    {
        return retried(
            [&] { return calls_->inspect(calls_->context, folder_, name_.c_str(), links::refuse, named); });
    }

    /// errors: part_file_lost when the name leads to nothing or to another saver's file; the system's
    result<void> still_named() const
    {
        entry_facts named;
        const auto  found = look_at_name(named);
        if (found.error == ENOENT || (found.error == 0 && !detail::is_same_entry(own_, named)))
            return lost(ENOENT);
        return checked(found);
    }

    error lost(int os_code) const
    {
        return error{.code = errc::part_file_lost, .os_code = os_code}.about(path_);
    }

    result<void> close(durability lasting)
    {
        if (lasting == durability::full) {
            const auto synced = retried([&] { return calls_->sync(calls_->context, handle_); });
            if (synced.error != 0)
                return checked(synced);
        }
        // Closing again after EINTR could close another thread's file.
        const auto closed = calls_->close(calls_->context, std::exchange(handle_, no_handle));
        return closed.error == EINTR ? result<void>() : checked(closed);
    }

    result<void> move(const std::string& final_name, existing_file existing)
    {
        const auto moved = retried([&] {
            return calls_->move(calls_->context, folder_, name_.c_str(), final_name.c_str(), existing);
        });
        is_named_ = moved.error != 0;
        if (moved.error == 0)
            lock_.release();
        if (moved.error == ENOENT)
            return lost(ENOENT);
        return checked(moved);
    }

    os_result swap_with(const std::string& final_name) const
    {
        if (calls_->exchange == nullptr)
            return {.value = -1, .error = ENOTSUP};
        return retried(
            [&] { return calls_->exchange(calls_->context, folder_, name_.c_str(), final_name.c_str()); });
    }

    /// Makes a swap last and drops the old file, which bears the part file's name now; or swaps back.
    result<void> settle_swap(const folder& in, const std::string& final_name)
    {
        auto settled = in.sync(path_);
        if (settled) {
            const os_result removed = remove(name_);
            if (removed.error != ENOENT) // somebody cleaned up, or a server is asked twice
                settled = checked(removed);
        }
        // If there is no way back either, the old file stays beside the new one rather than being lost.
        is_named_ = !settled && swap_with(final_name).error == 0;
        if (!is_named_)
            lock_.release();
        return settled;
    }

    os_result remove(const std::string& name) const
    {
        return retried([&] { return calls_->remove(calls_->context, folder_, name.c_str()); });
    }

    const file_system* calls_;
    file_handle        folder_;
    std::string        name_;
    std::string        path_;
    std::uint64_t      size_ = 0; ///< as announced to preallocate()
    file_handle        handle_;
    bool               is_named_;
    entry_facts        own_{};
    detail::file_lock          lock_{}; ///< until the name is given up
};

} // namespace STET_NAMESPACE

#endif
