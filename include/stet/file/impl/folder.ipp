// SPDX-License-Identifier: MIT
#include "../folder.hpp"

#include <string_view>

namespace STET_NAMESPACE {

STET_INLINE result<folder> folder::open(const file_system& calls, const std::string& path)
{
    return open_in(calls, no_handle, path, links::follow, path);
}

STET_INLINE result<folder> folder::create(const file_system& calls, const std::string& path,
                                          durability lasting)
{
    auto opened = open(calls, path);
    if (opened && lasting == durability::full)
        return make_last(*std::move(opened), calls, path);
    if (opened || opened.error().os_code != ENOENT)
        return opened;
    return create_missing(calls, path, lasting, opened.error());
}

STET_INLINE folder::folder(folder&& other) noexcept
    : calls_(other.calls_), handle_(std::exchange(other.handle_, no_handle))
{
}

STET_INLINE folder& folder::operator=(folder&& other) noexcept
{
    std::swap(calls_, other.calls_);
    std::swap(handle_, other.handle_);
    return *this;
}

STET_INLINE folder::~folder()
{
    if (handle_ != no_handle)
        calls_->close(calls_->context, handle_);
}

STET_INLINE result<folder> folder::again(const std::string& path) const
{
    return open_in(*calls_, handle_, ".", links::follow, path);
}

STET_INLINE result<folder> folder::open_relative(const std::string& relative, const std::string& path) const
{
    return open_in(*calls_, handle_, relative, links::follow, path);
}

STET_INLINE std::pair<std::string, std::string> folder::split(const std::string& path, path_style style)
{
    const std::size_t root = root_size(path, style);
    const std::size_t last = path.find_last_of(separators(style));
    if (last == std::string::npos || last < root)
        return {root == 0 ? "." : path.substr(0, root), path.substr(root)};
    return {path.substr(0, last), path.substr(last + 1)};
}

STET_INLINE result<folder> folder::enter(const std::string& name, const folder& root, durability lasting,
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

STET_INLINE result<folder> folder::enter_existing(const std::string& name, const folder& root,
                                                  const std::string& path) const
{
    auto entered = open_in(*calls_, handle_, name, links::refuse, path);
    return entered ? std::move(entered) : behind_link(name, root, path, entered.error());
}

STET_INLINE os_result folder::inspect(const std::string& name, links treatment, entry_facts& facts) const
{
    return detail::retried(
        [&] { return calls_->inspect(calls_->context, handle_, name.c_str(), treatment, facts); });
}

STET_INLINE result<void> folder::sync(const std::string& path) const
{
    const auto synced = detail::retried([&] { return calls_->sync(calls_->context, handle_); });
    // Some network file systems cannot sync a folder; they order its entries by themselves.
    if (synced.error != 0 && !detail::is_not_offered(synced.error))
        return detail::os_error(synced.error, detail::system_step::sync_folder, path);
    return {};
}

STET_INLINE result<bool> folder::contains(const folder& inner, const std::string& path) const
{
    return climb(inner, path, [](const folder&) { return result<void>(); });
}

STET_INLINE result<void> folder::make_last_below(const folder& inner, const std::string& path) const
{
    const auto inside = contains(inner, path);
    if (!inside && inside.error().code != errc::permission_denied)
        return inside.error();
    if (!inside || !*inside)
        return {};
    const auto synced = climb(inner, path, [&](const folder& above) { return above.sync(path); });
    return synced ? result<void>() : synced.error();
}

STET_INLINE const char* folder::separators(path_style style) noexcept
{
    return style == path_style::windows ? "/\\" : "/";
}

STET_INLINE std::size_t folder::root_size(const std::string& path, path_style style)
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

STET_INLINE std::string folder::without_last_separators(const std::string& path, path_style style)
{
    const std::size_t root = root_size(path, style);
    const std::size_t last = path.find_last_not_of(separators(style));
    const std::size_t size = last == std::string::npos ? 0 : last + 1;
    return path.substr(0, size < root ? root : size);
}

STET_INLINE result<folder> folder::open_in(const file_system& calls, file_handle parent,
                                           const std::string& name, links treatment, const std::string& path)
{
    const auto opened =
        detail::retried([&] { return calls.open_folder(calls.context, parent, name.c_str(), treatment); });
    if (opened.error != 0)
        return detail::os_error(opened.error, detail::system_step::open_folder, path);
    return folder(calls, static_cast<file_handle>(opened.value));
}

STET_INLINE result<folder> folder::create_missing(const file_system& calls, const std::string& path,
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

STET_INLINE result<folder> folder::make_last(folder opened, const file_system& calls, const std::string& path)
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

STET_INLINE result<folder> folder::behind_link(const std::string& name, const folder& root,
                                               const std::string& path, const error& refused) const
{
    if (refused.os_code != ELOOP && refused.os_code != ENOTDIR)
        return refused;
    entry_facts facts;
    if (const auto known = inspect(name, links::refuse, facts); known.error != 0)
        return detail::os_error(known.error, detail::system_step::inspect, path);
    if (facts.kind != entry_kind::link)
        return refused;
    auto behind = open_in(*calls_, handle_, name, links::follow, path);
    if (!behind)
        return behind;
    const auto inside = root.contains(*behind, path);
    if (!inside)
        return inside.error();
    if (!*inside)
        return error{.code = errc::outside_root}.with("link").about(path);
    return behind;
}

STET_INLINE result<folder> folder::make(const std::string& name, durability lasting,
                                        const std::string& path) const
{
    const auto made =
        detail::retried([&] { return calls_->make_folder(calls_->context, handle_, name.c_str()); });
    if (made.error != 0 && made.error != EEXIST) // another saver may have been quicker
        return detail::os_error(made.error, detail::system_step::make_folder, path);
    if (lasting == durability::full) {
        if (auto synced = sync(path); !synced)
            return synced.error();
    }
    return open_in(*calls_, handle_, name, links::refuse, path);
}

} // namespace STET_NAMESPACE
