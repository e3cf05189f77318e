// SPDX-License-Identifier: MIT
#ifndef STET_FILE_FOLDER_HPP
#define STET_FILE_FOLDER_HPP

#include "../vocabulary/result.hpp"
#include "native_file_system.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// Whether a finished save survives a loss of power.
enum class durability : std::uint8_t {
    none, ///< whole or absent after a crash of the process, not after one of the machine
    full, ///< file and folder are brought to stable storage before the save returns
};

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

/// An open folder, closed on destruction. Whatever happens to its path meanwhile, it stays the same folder.
/// lifetime: borrows the file system
class folder {
public:
    /// Opens a folder by its path.
    /// errors: folder_missing, permission_denied and the like, about the path
    static result<folder> open(const file_system& calls, const std::string& path)
    {
        return open_in(calls, no_handle, path, links::follow, path);
    }

    /// Opens a folder by its path and creates what is missing of it. With durability::full its name lasts, even where
    /// another saver has only just created it; folders above that exist are taken to last.
    static result<folder> create(const file_system& calls, const std::string& path, durability lasting)
    {
        auto opened = open(calls, path);
        if (opened && lasting == durability::full)
            return make_last(*std::move(opened), calls, path);
        if (opened || opened.error().os_code != ENOENT)
            return opened;
        return create_missing(calls, path, lasting, opened.error());
    }

    folder(folder&& other) noexcept : calls_(other.calls_), handle_(std::exchange(other.handle_, no_handle))
    {
    }
    folder& operator=(folder&& other) noexcept
    {
        std::swap(calls_, other.calls_);
        std::swap(handle_, other.handle_);
        return *this;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder()
    {
        if (handle_ != no_handle)
            calls_->close(calls_->context, handle_);
    }

    const file_system& calls() const noexcept { return *calls_; }
    file_handle        handle() const noexcept { return handle_; }

    /// The same folder, opened once more.
    result<folder> again(const std::string& path) const
    {
        return open_in(*calls_, handle_, ".", links::follow, path);
    }

    /// The folder that a path means from here, as the target of a link is meant.
    /// errors: about `path`
    result<folder> open_relative(const std::string& relative, const std::string& path) const
    {
        return open_in(*calls_, handle_, relative, links::follow, path);
    }

    /// A path's folder and last part: "a/b.x" gives "a" and "b.x", "b.x" gives "." and "b.x", "/b.x" gives "/" and
    /// "b.x".
    static std::pair<std::string, std::string> split(const std::string& path, path_style style = native_paths)
    {
        const std::size_t root = root_size(path, style);
        const std::size_t last = path.find_last_of(separators(style));
        if (last == std::string::npos || last < root)
            return {root == 0 ? "." : path.substr(0, root), path.substr(root)};
        return {path.substr(0, last), path.substr(last + 1)};
    }

    /// A folder directly in this one; created if missing. A link must not lead out of `root`.
    /// errors: outside_root when it does; about `path`
    result<folder> enter(const std::string& name, const folder& root, durability lasting,
                         const std::string& path) const
    {
        auto entered = open_in(*calls_, handle_, name, links::refuse, path);
        if (entered && lasting == durability::full) {
            // Whoever created it may not have made its name last yet.
            if (auto synced = sync(path); !synced)
                return synced.error();
        }
        if (!entered && entered.error().os_code == ENOENT)
            return make(name, lasting, path);
        return entered ? std::move(entered) : behind_link(name, root, path, entered.error());
    }

    /// A folder directly in this one. A link must not lead out of `root`.
    /// errors: folder_missing; outside_root; about `path`
    result<folder> enter_existing(const std::string& name, const folder& root, const std::string& path) const
    {
        auto entered = open_in(*calls_, handle_, name, links::refuse, path);
        return entered ? std::move(entered) : behind_link(name, root, path, entered.error());
    }

    /// What an entry of this folder is. The os_result's error is ENOENT when there is none.
    os_result inspect(const std::string& name, links treatment, entry_facts& facts) const
    {
        return retried(
            [&] { return calls_->inspect(calls_->context, handle_, name.c_str(), treatment, facts); });
    }

    /// errors: about `path`
    result<void> sync(const std::string& path) const
    {
        const auto synced = retried([&] { return calls_->sync(calls_->context, handle_); });
        // Some network file systems cannot sync a folder; they order its entries by themselves.
        if (synced.error != 0 && !is_not_offered(synced.error))
            return os_error(synced.error, path);
        return {};
    }

    /// Whether `inner` is this folder or lies below it: climbs from it to the top, so that no link can deceive it.
    /// errors: about `path`
    result<bool> contains(const folder& inner, const std::string& path) const
    {
        return climb(inner, path, [](const folder&) { return result<void>(); });
    }

    /// Brings the names of `inner` and of the folders between it and this one to stable storage, if it lies below this
    /// one. Where a folder may not be looked into from above, all are let be.
    /// errors: about `path`
    result<void> make_last_below(const folder& inner, const std::string& path) const
    {
        const auto inside = contains(inner, path);
        if (!inside && inside.error().code != errc::permission_denied)
            return inside.error();
        if (!inside || !*inside)
            return {};
        const auto synced = climb(inner, path, [&](const folder& above) { return above.sync(path); });
        return synced ? result<void>() : synced.error();
    }

private:
    static const char* separators(path_style style) noexcept
    {
        return style == path_style::windows ? "/\\" : "/";
    }

    /// Length of what a path begins with that no folder holds: "/", "C:\", "\\server\share\".
    static std::size_t root_size(const std::string& path, path_style style)
    {
        const auto is_separator = [&](std::size_t at) {
            return at < path.size() &&
                   std::string_view(separators(style)).find(path[at]) != std::string_view::npos;
        };
        if (style == path_style::windows && is_separator(0) && is_separator(1)) {
            const std::size_t server_end = path.find_first_of(separators(style), 2);
            const std::size_t share_end = server_end == std::string::npos
                                              ? server_end
                                              : path.find_first_of(separators(style), server_end + 1);
            return share_end == std::string::npos ? path.size() : share_end + 1;
        }
        const std::size_t drive = style == path_style::windows && path.size() > 1 && path[1] == ':' ? 2 : 0;
        return is_separator(drive) ? drive + 1 : drive;
    }

    static std::string without_last_separators(const std::string& path, path_style style)
    {
        const std::size_t root = root_size(path, style);
        const std::size_t last = path.find_last_not_of(separators(style));
        const std::size_t size = last == std::string::npos ? 0 : last + 1;
        return path.substr(0, size < root ? root : size);
    }

    /// Goes from `inner` upwards until it has come to this folder, which is true, or to the top.
    /// each: called with every folder that is come to by going up; returns result<void>
    template <class Each>
    result<bool> climb(const folder& inner, const std::string& path, Each each) const
    {
        entry_facts own;
        entry_facts at;
        if (const auto known = inspect("", links::follow, own); known.error != 0)
            return os_error(known.error, path);
        if (const auto known = inner.inspect("", links::follow, at); known.error != 0)
            return os_error(known.error, path);
        auto climbing = inner.again(path);
        while (climbing) {
            if (at.device == own.device && at.index == own.index)
                return true;
            const entry_facts below = at;
            climbing = open_in(*calls_, climbing->handle_, "..", links::follow, path);
            if (!climbing)
                break;
            if (const auto known = climbing->inspect("", links::follow, at); known.error != 0)
                return os_error(known.error, path);
            if (at.device == below.device && at.index == below.index)
                return false; // the top is its own parent
            if (auto done = each(*climbing); !done)
                return done.error();
        }
        return climbing.error();
    }

    folder(const file_system& calls, file_handle handle) noexcept : calls_(&calls), handle_(handle) {}

    static result<folder> open_in(const file_system& calls, file_handle parent, const std::string& name,
                                  links treatment, const std::string& path)
    {
        const auto opened =
            retried([&] { return calls.open_folder(calls.context, parent, name.c_str(), treatment); });
        if (opened.error != 0)
            return os_error(opened.error, path);
        return folder(calls, static_cast<file_handle>(opened.value));
    }

    /// Creates a folder that is not there, and what is not there above it.
    /// missing: what opening it came to
    static result<folder> create_missing(const file_system& calls, const std::string& path,
                                         durability lasting, const error& missing)
    {
        const auto [above, own_name] = split(without_last_separators(path, calls.paths), calls.paths);
        if (own_name.empty() || above == path)
            return missing; // a root or the current folder: there is nothing to create it in
        auto parent = open(calls, above);
        if (!parent && parent.error().os_code == ENOENT)
            parent = create_missing(calls, above, lasting, parent.error());
        if (!parent)
            return parent;
        return parent->make(own_name, lasting, path);
    }

    /// Brings the folder's own name to stable storage. One that may not be looked into from above is let be.
    static result<folder> make_last(folder opened, const file_system& calls, const std::string& path)
    {
        const auto [above, own_name] = split(without_last_separators(path, calls.paths), calls.paths);
        if (own_name.empty() || own_name == "." || own_name == "..")
            return opened;
        const auto parent = open_in(calls, no_handle, above, links::follow, path);
        if (!parent && parent.error().code == errc::permission_denied)
            return opened;
        if (!parent)
            return parent.error();
        if (auto synced = parent->sync(path); !synced)
            return synced.error();
        return opened;
    }

    /// The folder that a link leads to, unless that is outside of `root`.
    /// refused: what opening the name itself came to
    result<folder> behind_link(const std::string& name, const folder& root, const std::string& path,
                               const error& refused) const
    {
        if (refused.os_code != ELOOP && refused.os_code != ENOTDIR)
            return refused;
        entry_facts facts;
        if (const auto known = inspect(name, links::refuse, facts); known.error != 0)
            return os_error(known.error, path);
        if (facts.kind != entry_kind::link)
            return refused;
        auto behind = open_in(*calls_, handle_, name, links::follow, path);
        if (!behind)
            return behind;
        const auto inside = root.contains(*behind, path);
        if (!inside)
            return inside.error();
        if (!*inside)
            return error{.code = errc::outside_root}.about(path);
        return behind;
    }

    result<folder> make(const std::string& name, durability lasting, const std::string& path) const
    {
        const auto made =
            retried([&] { return calls_->make_folder(calls_->context, handle_, name.c_str()); });
        if (made.error != 0 && made.error != EEXIST) // another saver may have been quicker
            return os_error(made.error, path);
        if (lasting == durability::full) {
            if (auto synced = sync(path); !synced)
                return synced.error();
        }
        return open_in(*calls_, handle_, name, links::refuse, path);
    }

    const file_system* calls_;
    file_handle        handle_;
};

} // namespace STET_NAMESPACE

#endif
