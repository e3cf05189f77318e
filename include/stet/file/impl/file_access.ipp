// SPDX-License-Identifier: MIT
#include "file_access.hpp"

#include <cerrno>
#include <cstddef>

namespace STET_NAMESPACE::detail {

/// Whether a call failed only because the system has it not, or not for this caller or this file.
constexpr bool is_withheld(int os_code) noexcept
{
    switch (os_code) {
    case EPERM:
    case EACCES:
    case ENOENT:    // gone meanwhile
    case EAGAIN:    // kept from others by its user
    case ERANGE:    // longer than it was
    case EOVERFLOW: // an owner that the file system cannot store
        return true;
    default:
        return is_not_offered(os_code);
    }
}

/// Whether a call did it; false where it is withheld.
inline result<bool> given(os_result returned, system_step step, const std::string& path)
{
    if (returned.error == 0)
        return true;
    if (is_withheld(returned.error))
        return false;
    return os_error(returned.error, step, path);
}

STET_INLINE result<std::optional<file_access>> file_access::of(const folder& in, const std::string& name,
                                                               const std::string& path)
{
    const file_system& calls = in.calls();
    file_access        found;
    const auto         seen = in.inspect(name, links::refuse, found.facts_);
    if (seen.error == ENOENT || (seen.error == 0 && found.facts_.kind != entry_kind::file))
        return std::optional<file_access>();
    if (seen.error != 0)
        return os_error(seen.error, system_step::inspect, path);
    if (calls.read_acl == nullptr)
        return std::optional(std::move(found));
    const auto read = [&] {
        return retried([&] {
            return calls.read_acl(calls.context, in.handle(), name.c_str(), found.list_.data(),
                                  found.list_.size());
        });
    };
    constexpr std::int64_t largest = 0x10000; // of any attribute
    os_result              size = read();
    if (size.error == 0 && size.value > 0 && size.value <= largest) {
        found.list_.resize(static_cast<std::size_t>(size.value));
        size = read();
    }
    const auto known = given(size, system_step::read_access, path);
    if (!known)
        return known.error();
    found.is_list_known_ = *known && static_cast<std::uint64_t>(size.value) == found.list_.size();
    return std::optional(std::move(found));
}

STET_INLINE result<bool> file_access::give(const file_system& calls, file_handle file,
                                           const std::string& path) const
{
    entry_facts now;
    const auto  looked = retried([&] { return calls.inspect(calls.context, file, "", links::follow, now); });
    if (looked.error != 0)
        return os_error(looked.error, system_step::inspect, path);

    const auto set_owner = [&](std::uint32_t owner, std::uint32_t group) -> result<bool> {
        if (calls.set_owner == nullptr)
            return false;
        return given(retried([&] { return calls.set_owner(calls.context, file, owner, group); }),
                     system_step::give_access, path);
    };
    result<bool> has_group = now.group == facts_.group;
    result<bool> has_owner = now.owner == facts_.owner;
    if (!*has_owner) {
        has_owner = set_owner(facts_.owner, facts_.group);
        if (has_owner && *has_owner)
            has_group = true;
    }
    if (has_owner && !*has_group)
        has_group = set_owner(same_as_before, facts_.group);
    if (!has_owner || !has_group)
        return has_owner ? has_group : has_owner;

    // One of the folder's own, too, would let others read it.
    const bool   keeps_list = is_list_known_ && *has_group;
    result<bool> has_list = true;
    if (calls.write_acl != nullptr) {
        has_list = given(retried([&] {
                             return calls.write_acl(calls.context, file, list_.data(),
                                                    keeps_list ? list_.size() : 0);
                         }),
                         system_step::give_access, path);
        if (!has_list)
            return has_list;
    }
    const bool          has_whole_list = *has_list && is_list_known_ && (keeps_list || list_.empty());
    const std::uint32_t mode = narrowed(facts_.mode, *has_owner, *has_group, has_whole_list);
    result<bool>        has_mode = true;
    // An access list has changed the mode, perhaps.
    if (mode != now.mode || !list_.empty())
        has_mode = given(retried([&] { return calls.set_mode(calls.context, file, mode); }),
                         system_step::give_access, path);
    if (!has_mode)
        return has_mode;
    return *has_owner && *has_group && has_whole_list && *has_mode;
}

} // namespace STET_NAMESPACE::detail
