// SPDX-License-Identifier: MIT
#include "../part_file.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<part_file> part_file::create(const folder& in, std::string name, std::string path)
{
    const file_system& calls = in.calls();
    const auto created = retried([&] { return calls.create_file(calls.context, in.handle(), name.c_str()); });
    if (created.error != 0)
        return os_error(created.error, path);
    part_file part(in, std::move(name), std::move(path), static_cast<file_handle>(created.value));
    if (auto locked = part.lock(in); !locked)
        return locked.error();
    return part;
}

STET_INLINE part_file::part_file(part_file&& other) noexcept
    : calls_(other.calls_), folder_(other.folder_), name_(std::move(other.name_)),
      path_(std::move(other.path_)), size_(other.size_), handle_(std::exchange(other.handle_, no_handle)),
      is_named_(std::exchange(other.is_named_, false)), own_(other.own_), lock_(std::move(other.lock_))
{
}

STET_INLINE part_file::~part_file()
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

STET_INLINE result<void> part_file::set_mode(std::uint32_t mode) const
{
    return checked(retried([&] { return calls_->set_mode(calls_->context, handle_, mode); }));
}

STET_INLINE result<void> part_file::preallocate(std::uint64_t size)
{
    size_ = size;
    if (calls_->preallocate == nullptr)
        return {};
    const auto reserved = retried([&] { return calls_->preallocate(calls_->context, handle_, size); });
    if (is_not_offered(reserved.error) || reserved.error == EPERM || reserved.error == ENODEV)
        return {};
    return checked(reserved);
}

STET_INLINE result<void> part_file::write(bytes data)
{
    return write_all(
        data, [&](bytes left) { return calls_->write(calls_->context, handle_, left.data(), left.size()); });
}

STET_INLINE result<void> part_file::write_at(std::uint64_t offset, bytes data) const
{
    return write_all(data, [&](bytes left) {
        return calls_->write_at(calls_->context, handle_, offset + (data.size() - left.size()), left.data(),
                                left.size());
    });
}

STET_INLINE bool part_file::clone(file_handle from, std::uint64_t from_offset, std::uint64_t offset,
                                  std::uint64_t size) const
{
    if (calls_->clone == nullptr)
        return false;
    const auto cloned =
        retried([&] { return calls_->clone(calls_->context, from, from_offset, handle_, offset, size); });
    return cloned.error == 0;
}

STET_INLINE result<void> part_file::checked(os_result returned, std::uint64_t piece) const
{
    if (returned.error == 0)
        return {};
    error failed = os_error(returned.error, path_);
    failed.expected = size_ < piece ? piece : size_;
    return failed;
}

STET_INLINE os_result part_file::open_direct() const
{
    constexpr os_result none{.value = no_handle, .error = ENOTSUP};
    if (calls_->open_direct == nullptr || calls_->write_at == nullptr)
        return none;
    const auto opened = retried([&] { return calls_->open_direct(calls_->context, folder_, name_.c_str()); });
    if (opened.error != 0)
        return {.value = no_handle, .error = opened.error};
    const auto  direct = static_cast<file_handle>(opened.value);
    entry_facts named;
    if (look_at(direct, named).error == 0 && detail::is_same_entry(own_, named))
        return opened;
    calls_->close(calls_->context, direct);
    return none;
}

STET_INLINE result<void> part_file::publish(const folder& in, const std::string& final_name,
                                            existing_file existing, durability lasting)
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

STET_INLINE part_file::part_file(const folder& in, std::string name, std::string path,
                                 file_handle handle) noexcept
    : calls_(&in.calls()), folder_(in.handle()), name_(std::move(name)), path_(std::move(path)),
      handle_(handle), is_named_(true)
{
}

STET_INLINE os_result part_file::look_at(file_handle file, entry_facts& facts) const
{
    return retried([&] { return calls_->inspect(calls_->context, file, "", links::follow, facts); });
}

STET_INLINE result<void> part_file::lock(const folder& in)
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

STET_INLINE os_result part_file::look_at_name(entry_facts& named) const
{
    return retried(
        [&] { return calls_->inspect(calls_->context, folder_, name_.c_str(), links::refuse, named); });
}

STET_INLINE result<void> part_file::still_named() const
{
    entry_facts named;
    const auto  found = look_at_name(named);
    if (found.error == ENOENT || (found.error == 0 && !detail::is_same_entry(own_, named)))
        return lost(ENOENT);
    return checked(found);
}

STET_INLINE error part_file::lost(int os_code) const
{
    return error{.code = errc::part_file_lost, .os_code = os_code}.about(path_);
}

STET_INLINE result<void> part_file::close(durability lasting)
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

STET_INLINE result<void> part_file::move(const std::string& final_name, existing_file existing)
{
    const auto moved = retried(
        [&] { return calls_->move(calls_->context, folder_, name_.c_str(), final_name.c_str(), existing); });
    is_named_ = moved.error != 0;
    if (moved.error == 0)
        lock_.release();
    if (moved.error == ENOENT)
        return lost(ENOENT);
    return checked(moved);
}

STET_INLINE os_result part_file::swap_with(const std::string& final_name) const
{
    if (calls_->exchange == nullptr)
        return {.value = -1, .error = ENOTSUP};
    return retried(
        [&] { return calls_->exchange(calls_->context, folder_, name_.c_str(), final_name.c_str()); });
}

STET_INLINE result<void> part_file::settle_swap(const folder& in, const std::string& final_name)
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

STET_INLINE os_result part_file::remove(const std::string& name) const
{
    return retried([&] { return calls_->remove(calls_->context, folder_, name.c_str()); });
}

} // namespace STET_NAMESPACE
