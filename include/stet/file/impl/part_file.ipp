// SPDX-License-Identifier: MIT
#include "../part_file.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<part_file> part_file::create(const folder& in, std::string name, std::string path,
                                                const std::string& replaces)
{
    const file_system&                 calls = in.calls();
    std::optional<detail::file_access> replaced;
    if (!replaces.empty()) {
        auto found = detail::file_access::of(in, replaces, path);
        if (!found)
            return found.error();
        replaced = *std::move(found);
    }
    constexpr std::uint32_t everybody = 0666;
    const std::uint32_t     mode = replaced ? detail::private_mode : everybody;
    const auto              created =
        detail::retried([&] { return calls.create_file(calls.context, in.handle(), name.c_str(), mode); });
    if (created.error != 0)
        return detail::os_error(created.error, detail::system_step::create, path);
    part_file part(in, std::move(name), std::move(path), static_cast<file_handle>(created.value));
    part.replaced_ = std::move(replaced);
    if (auto locked = part.lock(in); !locked)
        return locked.error();
    return part;
}

STET_INLINE part_file::part_file(part_file&& other) noexcept
    : calls_(other.calls_), folder_(other.folder_), name_(std::move(other.name_)),
      path_(std::move(other.path_)), size_(other.size_), handle_(std::exchange(other.handle_, no_handle)),
      is_named_(std::exchange(other.is_named_, false)), own_(other.own_), lock_(std::move(other.lock_)),
      replaced_(std::move(other.replaced_)), keeps_access_(other.keeps_access_)
{
}

STET_INLINE part_file::~part_file()
{
    entry_facts named;
    // While it is open: the index of a file that is gone may soon be another saver's.
    const int found = is_named_ ? look_at_name(named).error : ENOENT;
    if (handle_ != no_handle)
        calls_->close(calls_->context, handle_);
    // A name that is gone may be another saver's by the time it is removed.
    if (found == 0 ? detail::is_same_entry(own_, named) : found != ENOENT)
        remove(name_);
}

STET_INLINE result<void> part_file::preallocate(std::uint64_t size)
{
    size_ = size;
    if (calls_->preallocate == nullptr)
        return {};
    const auto reserved =
        detail::retried([&] { return calls_->preallocate(calls_->context, handle_, size); });
    if (detail::is_not_offered(reserved.error) || reserved.error == EPERM || reserved.error == ENODEV)
        return {};
    return checked(reserved, detail::system_step::set_size);
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
    const auto cloned = detail::retried(
        [&] { return calls_->clone(calls_->context, from, from_offset, handle_, offset, size); });
    return cloned.error == 0;
}

STET_INLINE result<void> part_file::checked(os_result returned, detail::system_step step,
                                            std::uint64_t piece) const
{
    if (returned.error == 0)
        return {};
    error failed = detail::os_error(returned.error, step, path_);
    failed.expected = size_ < piece ? piece : size_;
    return failed;
}

STET_INLINE os_result part_file::open_direct() const
{
    constexpr os_result none{.value = no_handle, .error = ENOTSUP};
    if (calls_->open_direct == nullptr || calls_->write_at == nullptr)
        return none;
    const auto opened =
        detail::retried([&] { return calls_->open_direct(calls_->context, folder_, name_.c_str()); });
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
    if (existing == existing_file::replace) {
        if (auto taken = take_access(in, final_name); !taken)
            return taken;
    }
    if (auto closed = close(lasting); !closed)
        return closed;
    auto published = lasting == durability::none         ? move(final_name, existing)
                     : existing == existing_file::refuse ? take_free(in, final_name)
                                                         : replace(in, final_name);
    if (!is_named_)
        lock_.release();
    return published;
}

STET_INLINE result<void> part_file::publish_over(const folder& in, const std::string& final_name,
                                                 const entry_facts& only, detail::file_lock held,
                                                 durability lasting)
{
    if (auto named = still_named(); !named)
        return named;
    entry_facts found;
    const auto  looked = in.inspect(final_name, links::refuse, found);
    if (looked.error != 0 && looked.error != ENOENT)
        return checked(looked, detail::system_step::inspect);
    if (found.kind != entry_kind::file || !detail::is_same_entry(found, only))
        return error{.code = errc::file_changed}.about(path_);
    if (auto taken = take_access(in, final_name); !taken)
        return taken;
    if (auto closed = close(lasting); !closed)
        return closed;
    // Nobody who asks for the old file's lock gets it meanwhile.
    auto replaced = lasting == durability::none ? move(final_name, existing_file::replace)
                                                : replace_only(in, final_name, only, std::move(held));
    if (!is_named_)
        lock_.release();
    return replaced;
}

STET_INLINE part_file::part_file(const folder& in, std::string name, std::string path,
                                 file_handle handle) noexcept
    : calls_(&in.calls()), folder_(in.handle()), name_(std::move(name)), path_(std::move(path)),
      handle_(handle), is_named_(true)
{
}

STET_INLINE os_result part_file::look_at(file_handle file, entry_facts& facts) const
{
    return detail::retried([&] { return calls_->inspect(calls_->context, file, "", links::follow, facts); });
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
    if (auto looked = checked(look_at(handle_, own_), detail::system_step::inspect); !looked)
        return looked;
    return still_named();
}

STET_INLINE os_result part_file::look_at_name(entry_facts& named) const
{
    return detail::retried(
        [&] { return calls_->inspect(calls_->context, folder_, name_.c_str(), links::refuse, named); });
}

STET_INLINE result<void> part_file::still_named() const
{
    entry_facts named;
    const auto  found = look_at_name(named);
    if (found.error == ENOENT || (found.error == 0 && !detail::is_same_entry(own_, named)))
        return lost(ENOENT);
    return checked(found, detail::system_step::inspect);
}

STET_INLINE error part_file::lost(int os_code) const
{
    return error{.code = errc::part_file_lost, .os_code = os_code}.about(path_);
}

STET_INLINE result<void> part_file::take_access(const folder& in, const std::string& final_name)
{
    auto found = detail::file_access::of(in, final_name, path_);
    if (!found)
        return found.error();
    if (*found)
        replaced_ = *std::move(found);
    if (!replaced_)
        return {};
    const auto given = replaced_->give(*calls_, handle_, path_);
    if (!given)
        return given.error();
    keeps_access_ = *given;
    return {};
}

STET_INLINE result<void> part_file::close(durability lasting)
{
    if (auto synced = lasting == durability::full ? sync() : result<void>(); !synced)
        return synced;
    // Closing again after EINTR could close another thread's file.
    const auto closed = calls_->close(calls_->context, std::exchange(handle_, no_handle));
    return closed.error == EINTR ? result<void>() : checked(closed, detail::system_step::close);
}

STET_INLINE result<void> part_file::move(const std::string& final_name, existing_file existing)
{
    const auto moved = detail::retried(
        [&] { return calls_->move(calls_->context, folder_, name_.c_str(), final_name.c_str(), existing); });
    is_named_ = moved.error != 0;
    if (moved.error == 0)
        lock_.unlock();
    if (moved.error == ENOENT)
        return lost(ENOENT);
    if (detail::is_not_offered(moved.error))
        return error{.code = errc::rename_not_offered, .os_code = moved.error}.about(path_);
    return checked(moved, detail::system_step::rename);
}

STET_INLINE result<void> part_file::take_free(const folder& in, const std::string& final_name)
{
    if (auto moved = move(final_name, existing_file::refuse); !moved)
        return moved;
    auto synced = in.sync(path_);
    if (!synced)
        leave_free(in, final_name);
    return synced;
}

STET_INLINE void part_file::leave_free(const folder& in, const std::string& final_name)
{
    auto own =
        detail::file_lock::of_name(in, final_name, path_); // meanwhile no other saver replaces the file
    entry_facts named;
    const auto  found = in.inspect(final_name, links::refuse, named);
    if (found.error != 0 || !detail::is_same_entry(own_, named))
        return;
    const auto rename = [&](const std::string& from, const std::string& to) {
        return detail::retried([&] {
            return calls_->move(calls_->context, folder_, from.c_str(), to.c_str(), existing_file::refuse);
        });
    };
    // Not removed at once: of what was renamed one can see whether it was the right file.
    const auto renamed = rename(final_name, name_);
    if (renamed.error == EEXIST && own && own->is_held())
        remove(final_name); // another saver has begun under the part file's name
    if (renamed.error != 0)
        return;
    is_named_ = look_at_name(named).error != 0 || detail::is_same_entry(own_, named);
    if (!is_named_)
        rename(name_, final_name); // another program was quicker, with no regard to locks
    else if (own)
        lock_ = *std::move(own);
}

STET_INLINE result<void> part_file::replace(const folder& in, const std::string& final_name)
{
    for (std::size_t losses = 0; calls_->exchange != nullptr && losses < most_losses; ++losses) {
        // Who swaps two names holds the lock of both files: what bears a part file's name stays locked, and nobody
        // swaps what is being swapped back.
        auto      old = detail::file_lock::of_name(in, final_name, path_);
        const int os_code = old ? 0 : old.error().os_code;
        if (os_code == EBUSY)
            break;
        if (!old && os_code != ENOENT)
            return old.error();
        const os_result swapped = old ? swap_with(final_name) : os_result{.value = -1, .error = ENOENT};
        if (swapped.error == 0)
            return settle_swap(in, final_name, *std::move(old));
        if (detail::is_not_offered(swapped.error) || swapped.error == EPERM)
            break;
        if (swapped.error != ENOENT)
            return checked(swapped, detail::system_step::rename);
        auto taken = take_free(in, final_name);
        if (taken || taken.error().code != errc::name_taken)
            return taken;
    }
    if (auto moved = move(final_name, existing_file::replace); !moved)
        return moved;
    return in.sync(path_);
}

STET_INLINE result<void> part_file::replace_only(const folder& in, const std::string& final_name,
                                                 const entry_facts& only, detail::file_lock held)
{
    const os_result swapped =
        calls_->exchange != nullptr ? swap_with(final_name) : os_result{.value = -1, .error = ENOTSUP};
    if (swapped.error == 0) {
        entry_facts old;
        if (look_at_name(old).error != 0 || detail::is_same_entry(old, only))
            return settle_swap(in, final_name, std::move(held));
        lock_.unlock();
        is_named_ = swap_back(in, final_name) == taken_back::yes;
        return error{.code = errc::file_changed}.about(path_);
    }
    if (swapped.error == ENOENT)
        return error{.code = errc::file_changed}.about(path_);
    if (!detail::is_not_offered(swapped.error) && swapped.error != EPERM)
        return checked(swapped, detail::system_step::rename);
    auto moved = move(final_name, existing_file::replace);
    return moved ? in.sync(path_) : moved;
}

STET_INLINE os_result part_file::swap_with(const std::string& final_name) const
{
    return detail::retried(
        [&] { return calls_->exchange(calls_->context, folder_, name_.c_str(), final_name.c_str()); });
}

STET_INLINE result<void> part_file::settle_swap(const folder& in, const std::string& final_name,
                                                detail::file_lock old)
{
    lock_.unlock();
    const auto   is_ours = hold_old(in, old);
    result<void> settled = is_ours ? in.sync(path_) : result<void>(is_ours.error());
    if (settled && *is_ours) {
        const os_result removed = remove(name_);
        if (removed.error != ENOENT) // somebody cleaned up, or a server is asked twice
            settled = checked(removed, detail::system_step::remove);
    }
    const taken_back back = settled ? taken_back::no : swap_back(in, final_name);
    is_named_ = back == taken_back::yes;
    // If there is no way back the old file stays beside the new one rather than being lost.
    if (back == taken_back::overtaken && is_ours && *is_ours)
        remove(name_);
    return settled;
}

STET_INLINE result<bool> part_file::hold_old(const folder& in, detail::file_lock& old) const
{
    if (!old.is_held())
        return true;
    const auto named = old.is_named(in, name_, path_);
    if (!named)
        return named.error();
    if (*named)
        return true;
    auto other = detail::file_lock::of_name(in, name_, path_);
    if (other)
        old = *std::move(other);
    return static_cast<bool>(other); // else whoever has it locked removes it, or has done so
}

STET_INLINE part_file::taken_back part_file::swap_back(const folder& in, const std::string& final_name)
{
    auto own =
        detail::file_lock::of_name(in, final_name, path_); // meanwhile no other saver replaces the file
    entry_facts named;
    entry_facts old;
    if (in.inspect(final_name, links::refuse, named).error != 0 || look_at_name(old).error != 0)
        return taken_back::no;
    if (!detail::is_same_entry(own_, named))
        return taken_back::overtaken;
    if (swap_with(final_name).error != 0)
        return taken_back::no;
    if (look_at_name(named).error != 0 || detail::is_same_entry(own_, named)) {
        lock_ = own ? *std::move(own) : detail::file_lock();
        return taken_back::yes;
    }
    // Another program was quicker, with no regard to locks: it gets its name back.
    const bool is_given = swap_with(final_name).error == 0 && look_at_name(named).error == 0;
    return is_given && detail::is_same_entry(old, named) ? taken_back::overtaken : taken_back::no;
}

STET_INLINE os_result part_file::remove(const std::string& name) const
{
    return detail::retried([&] { return calls_->remove(calls_->context, folder_, name.c_str()); });
}

} // namespace STET_NAMESPACE
