// SPDX-License-Identifier: MIT
#include "../../naming/output_name.hpp"
#include "../abandoned_parts.hpp"
#include "../exact_target.hpp"
#include "part_name.hpp"

#include <cerrno>
#include <ctime>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE part_search::part_search(const folder& in, const std::string& path,
                                     const abandoned_options& options) noexcept
    : in_(&in), path_(&path), least_age_(options.least_age), now_(std::int64_t{std::time(nullptr)}),
      removes_(options.removes)
{
}

STET_INLINE result<abandoned_parts> part_search::run(function_ref<bool(std::string_view)> ours)
{
    const file_system&       calls = in_->calls();
    std::vector<std::string> names; // first all, as not every folder may change while it is listed
    const auto               listed = retried([&] {
        names.clear();
        found_.is_complete = true;
        return calls.list(calls.context, in_->handle(), [&](std::string_view entry) {
            if (!ours(entry))
                return;
            if (names.size() < abandoned_parts::most)
                names.emplace_back(entry);
            else
                found_.is_complete = false;
        });
    });
    if (listed.error != 0)
        return os_error(listed.error, system_step::list_folder, *path_);
    for (const std::string& name : names)
        look_at(name);
    return std::move(found_);
}

STET_INLINE void part_search::leave(const std::string& name, left_because why, int os_code)
{
    found_.left.push_back({.name = name, .why = why, .os_code = os_code});
}

STET_INLINE bool part_search::is_too_young(const entry_facts& facts) const noexcept
{
    return least_age_ > 0 && facts.modified > now_ - least_age_;
}

STET_INLINE void part_search::look_at(const std::string& name)
{
    entry_facts facts;
    const auto  found = in_->inspect(name, links::refuse, facts);
    if (found.error == ENOENT)
        return; // published or removed meanwhile
    if (found.error != 0)
        return leave(name, left_because::not_lockable, found.error);
    if (facts.kind != entry_kind::file)
        return; // no saver makes such
    // Before it is locked: the saver of a file this young may be about to lock it.
    if (is_too_young(facts))
        return leave(name, left_because::too_young);
    const auto lock = file_lock::take(*in_, name, *path_);
    if (lock)
        return remove(name, *lock);
    const int os_code = lock.error().os_code;
    if (os_code != ENOENT)
        leave(name, os_code == EBUSY ? left_because::in_use : left_because::not_lockable, os_code);
}

STET_INLINE void part_search::remove(const std::string& name, const file_lock& lock)
{
    // Until it was locked a saver may have published it, and another one begun under the same name.
    const auto is_named = lock.is_named(*in_, name, *path_);
    if (!is_named)
        return leave(name, left_because::not_lockable, is_named.error().os_code);
    if (!*is_named || lock.facts().kind != entry_kind::file)
        return;
    if (is_too_young(lock.facts()))
        return leave(name, left_because::too_young);
    if (!removes_)
        return found_.removed.push_back(name);
    const file_system& calls = in_->calls();
    const auto removed = retried([&] { return calls.remove(calls.context, in_->handle(), name.c_str()); });
    if (removed.error == 0)
        found_.removed.push_back(name);
    else if (removed.error != ENOENT)
        leave(name, left_because::not_removable, removed.error);
}

STET_INLINE result<folder> existing_below(const std::string& root, std::string_view below,
                                          const abandoned_options& options)
{
    const file_system& calls = *options.file_system;
    const auto         top = folder::open(calls, root);
    if (!top)
        return top.error();
    auto in = top->again(root);
    for (std::size_t at = 0; in && at < below.size();) {
        const std::size_t found = below.find('/', at);
        const std::size_t end = found == std::string_view::npos ? below.size() : found;
        in = in->enter_existing(std::string(below.substr(at, end - at)), *top,
                                root + '/' + std::string(below.substr(0, end)));
        at = end + 1;
    }
    return in;
}

} // namespace detail

STET_INLINE result<abandoned_parts> remove_abandoned_numbered(const std::string& root, std::string_view below,
                                                              const abandoned_options& options)
{
    std::string wanted; // the folder itself, if it is one that a save may go to
    if (!below.empty()) {
        auto name = parse_output_name(std::string(below) + "/_", options.file_system->paths);
        if (!name)
            return name.error();
        wanted = std::move(name->folder);
    }
    const auto in = detail::existing_below(root, wanted, options);
    if (!in)
        return in.error();
    const std::string path = wanted.empty() ? root : root + '/' + wanted;
    return detail::part_search(*in, path, options).run([](std::string_view entry) {
        return detail::is_numbered_part(entry);
    });
}

STET_INLINE result<abandoned_parts> remove_abandoned_exact(const std::string&       path,
                                                           const abandoned_options& options)
{
    const auto place = exact_target::resolve(*options.file_system, path);
    if (!place)
        return place.error();
    return detail::part_search(place->in, path, options).run([&place](std::string_view entry) {
        return detail::is_exact_part(entry, place->name);
    });
}

} // namespace STET_NAMESPACE
