// SPDX-License-Identifier: MIT
// How a part file takes the place of another file: by swapping two names, or else by one rename.
#include "../part_file.hpp"

#include <cerrno>
#include <utility>

namespace STET_NAMESPACE {

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

} // namespace STET_NAMESPACE
