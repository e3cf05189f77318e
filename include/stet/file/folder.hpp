// SPDX-License-Identifier: MIT
#ifndef STET_FILE_FOLDER_HPP
#define STET_FILE_FOLDER_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "file_system.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

/// Calls again while a signal interrupts. The call is a lambda that returns os_result.
template <class Call>
os_result retried(Call call)
{
    for (;;) {
        const os_result returned = call();
        if (returned.error != EINTR)
            return returned;
    }
}

} // namespace detail

/// An open folder, closed on destruction. Whatever happens to its path meanwhile, it stays the same folder.
/// lifetime: borrows the file system
class folder {
public:
    /// Opens a folder by its path.
    /// errors: folder_missing, permission_denied and the like, about the path
    static result<folder> open(const file_system& calls, const std::string& path);

    /// Opens a folder by its path and creates what is missing of it. With durability::full its name lasts, even where
    /// another saver has only just created it; folders above that exist are taken to last.
    static result<folder> create(const file_system& calls, const std::string& path, durability lasting);

    folder(folder&& other) noexcept;
    folder& operator=(folder&& other) noexcept;
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder();

    /// The calls it was opened by.
    const file_system& calls() const noexcept { return *calls_; }
    /// Its handle, for those calls.
    file_handle handle() const noexcept { return handle_; }

    /// The same folder, opened once more.
    result<folder> again(const std::string& path) const;

    /// The folder that a path means from here, as the target of a link is meant.
    /// errors: about `path`
    result<folder> open_relative(const std::string& relative, const std::string& path) const;

    /// A path's folder and last part: "a/b.x" gives "a" and "b.x", "b.x" gives "." and "b.x", "/b.x" gives "/" and
    /// "b.x".
    static std::pair<std::string, std::string> split(const std::string& path,
                                                     path_style         style = native_paths);

    /// A folder directly in this one; created if missing. A link must not lead out of `root`.
    /// errors: outside_root when it does; about `path`
    result<folder> enter(const std::string& name, const folder& root, durability lasting,
                         const std::string& path) const;

    /// A folder directly in this one. A link must not lead out of `root`.
    /// errors: folder_missing; outside_root; about `path`
    result<folder> enter_existing(const std::string& name, const folder& root, const std::string& path) const;

    /// What an entry of this folder is. The os_result's error is ENOENT when there is none.
    os_result inspect(const std::string& name, links treatment, entry_facts& facts) const;

    /// errors: about `path`
    result<void> sync(const std::string& path) const;

    /// Whether `inner` is this folder or lies below it: climbs from it to the top, so that no link can deceive it.
    /// errors: about `path`
    result<bool> contains(const folder& inner, const std::string& path) const;

    /// Brings the names of `inner` and of the folders between it and this one to stable storage, if it lies below this
    /// one. Where a folder may not be looked into from above, all are let be.
    /// errors: about `path`
    result<void> make_last_below(const folder& inner, const std::string& path) const;

private:
    static const char* separators(path_style style) noexcept;

    /// Length of what a path begins with that no folder holds: "/", "C:\", "\\server\share\".
    static std::size_t root_size(const std::string& path, path_style style);

    static std::string without_last_separators(const std::string& path, path_style style);

    /// Goes from `inner` upwards until it has come to this folder, which is true, or to the top.
    /// each: called with every folder that is come to by going up; returns result<void>
    template <class Each>
    result<bool> climb(const folder& inner, const std::string& path, Each each) const
    {
        entry_facts own;
        entry_facts at;
        if (const auto known = inspect("", links::follow, own); known.error != 0)
            return detail::os_error(known.error, detail::system_step::inspect, path);
        if (const auto known = inner.inspect("", links::follow, at); known.error != 0)
            return detail::os_error(known.error, detail::system_step::inspect, path);
        auto climbing = inner.again(path);
        while (climbing) {
            if (at.device == own.device && at.index == own.index)
                return true;
            const entry_facts below = at;
            climbing = open_in(*calls_, climbing->handle_, "..", links::follow, path);
            if (!climbing)
                break;
            if (const auto known = climbing->inspect("", links::follow, at); known.error != 0)
                return detail::os_error(known.error, detail::system_step::inspect, path);
            if (at.device == below.device && at.index == below.index)
                return false; // the top is its own parent
            if (auto done = each(*climbing); !done)
                return done.error();
        }
        return climbing.error();
    }

    folder(const file_system& calls, file_handle handle) noexcept : calls_(&calls), handle_(handle) {}

    static result<folder> open_in(const file_system& calls, file_handle parent, const std::string& name,
                                  links treatment, const std::string& path);

    /// Creates a folder that is not there, and what is not there above it.
    /// missing: what opening it came to
    static result<folder> create_missing(const file_system& calls, const std::string& path,
                                         durability lasting, const error& missing);

    /// Brings the folder's own name to stable storage. One that may not be looked into from above is let be.
    static result<folder> make_last(folder opened, const file_system& calls, const std::string& path);

    /// The folder that a link leads to, unless that is outside of `root`.
    /// refused: what opening the name itself came to
    result<folder> behind_link(const std::string& name, const folder& root, const std::string& path,
                               const error& refused) const;

    result<folder> make(const std::string& name, durability lasting, const std::string& path) const;

    const file_system* calls_;
    file_handle        handle_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/folder.ipp"
#endif

#endif
