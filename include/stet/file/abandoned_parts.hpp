// SPDX-License-Identifier: MIT
#ifndef STET_FILE_ABANDONED_PARTS_HPP
#define STET_FILE_ABANDONED_PARTS_HPP

#include "../vocabulary/function_ref.hpp"
#include "../naming/output_name.hpp"
#include "../naming/part_name.hpp"
#include "exact_target.hpp"
#include "impl/file_lock.hpp"
#include "folder.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace STET_NAMESPACE {

struct abandoned_options {
    /// How long ago a part file was last written, at least, to be taken for abandoned; in seconds. Its lock tells
    /// whether its saver lives wherever that runs on the same system. The age is for savers on other machines, where a
    /// shared folder does not pass locks on, and for those that could not lock. 0: whatever its age.
    std::int64_t       least_age = 3600;
    const file_system* calls = &native_calls; ///< lifetime: borrowed
};

/// Why a part file was left.
enum class left_because : std::uint8_t {
    in_use,        ///< its saver is alive, or another process is removing it
    too_young,     ///< or of a time to come, by this machine's clock
    not_lockable,  ///< nobody can tell whether its saver is alive, see os_code
    not_removable, ///< the system refuses, see os_code
};

struct left_part {
    std::string  name{};
    left_because why{};
    int          os_code = 0; ///< errno, where the system was asked; else 0
};

/// What became of the part files in a folder, by their names there.
struct abandoned_parts {
    /// No more are looked at in one call.
    static constexpr std::size_t most = 1000;

    std::vector<std::string> removed{};
    std::vector<left_part>   left{};
    bool                     is_complete = true; ///< whether there were no more than `most`
};

namespace detail {

/// One look through one folder.
class part_search {
public:
    part_search(const folder& in, const std::string& path, const abandoned_options& options) noexcept
        : in_(&in), path_(&path), least_age_(options.least_age), now_(std::int64_t{std::time(nullptr)})
    {
    }

    /// ours: whether a name is one that a saver gives
    result<abandoned_parts> run(function_ref<bool(std::string_view)> ours)
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
            return os_error(listed.error, *path_);
        for (const std::string& name : names)
            look_at(name);
        return std::move(found_);
    }

private:
    void leave(const std::string& name, left_because why, int os_code = 0)
    {
        found_.left.push_back({.name = name, .why = why, .os_code = os_code});
    }

    bool is_too_young(const entry_facts& facts) const noexcept
    {
        return least_age_ > 0 && facts.modified > now_ - least_age_;
    }

    void look_at(const std::string& name)
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

    /// Removes a file whose saver is dead, for a live one would have it locked.
    void remove(const std::string& name, const file_lock& lock)
    {
        // Until it was locked a saver may have published it, and another one begun under the same name.
        const auto is_named = lock.is_named(*in_, name, *path_);
        if (!is_named)
            return leave(name, left_because::not_lockable, is_named.error().os_code);
        if (!*is_named || lock.facts().kind != entry_kind::file)
            return;
        if (is_too_young(lock.facts()))
            return leave(name, left_because::too_young);
        const file_system& calls = in_->calls();
        const auto         removed =
            retried([&] { return calls.remove(calls.context, in_->handle(), name.c_str()); });
        if (removed.error == 0)
            found_.removed.push_back(name);
        else if (removed.error != ENOENT)
            leave(name, left_because::not_removable, removed.error);
    }

    const folder*      in_;
    const std::string* path_;
    std::int64_t       least_age_;
    std::int64_t       now_;
    abandoned_parts    found_{};
};

/// A folder below the root that exists, reached as a numbered save reaches it.
inline result<folder> existing_below(const std::string& root, std::string_view below,
                                     const abandoned_options& options)
{
    const file_system& calls = *options.calls;
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

/// Removes the part files of numbered saves whose process was killed, of every stem, from one folder. Their numbers are
/// free again. Nothing else is touched: no file of a saver that is alive, nothing of another name, no link.
/// root:   path of the output folder, as the saves had it
/// below:  the folder in it, relative: what stands before the last '/' of their prefix
/// errors: folder_missing; outside_root when a link leads out of the root; the system's. A single file that cannot be
///         removed is no error, see abandoned_parts::left
inline result<abandoned_parts> remove_abandoned_numbered(const std::string& root, std::string_view below = {},
                                                         const abandoned_options& options = {})
{
    std::string wanted; // the folder itself, if it is one that a save may go to
    if (!below.empty()) {
        auto name = parse_output_name(std::string(below) + "/_", options.calls->paths);
        if (!name)
            return name.error();
        wanted = std::move(name->folder);
    }
    const auto in = detail::existing_below(root, wanted, options);
    if (!in)
        return in.error();
    const std::string path = wanted.empty() ? root : root + '/' + wanted;
    return detail::part_search(*in, path, options).run([](std::string_view entry) {
        return is_numbered_part(entry);
    });
}

/// Removes the part files of saves to an exact path whose process was killed. Browsers give a checkpoint they are
/// fetching the same name: do not use it on a path that one is to save to.
/// path:   as the saves had it, which need not exist; links at its end are followed
/// errors: those of exact_target::resolve; see remove_abandoned_numbered
inline result<abandoned_parts> remove_abandoned_exact(const std::string&       path,
                                                      const abandoned_options& options = {})
{
    const auto place = exact_target::resolve(*options.calls, path);
    if (!place)
        return place.error();
    return detail::part_search(place->in, path, options).run([&place](std::string_view entry) {
        return is_exact_part(entry, place->name);
    });
}

} // namespace STET_NAMESPACE

#endif
