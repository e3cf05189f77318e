// SPDX-License-Identifier: MIT
#include "../../naming/output_name.hpp"
#include "../exact_target.hpp"
#include "part_name.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE std::string detail::joined_path(const std::string& folder_path, const std::string& name)
{
    const bool has_separator = folder_path.ends_with('/');
    return has_separator ? folder_path + name : folder_path + '/' + name;
}

STET_INLINE result<exact_target> exact_target::take(const file_system& calls, const std::string& path,
                                                    existing_file existing)
{
    auto where = resolve(calls, path);
    return where ? take(*std::move(where), path, existing) : where.error();
}

STET_INLINE result<exact_target> exact_target::take(place where, const std::string& path,
                                                    existing_file existing)
{
    entry_facts facts;
    const auto  found = where.in.inspect(where.name, links::refuse, facts);
    const bool  exists = found.error == 0;
    if (!exists && found.error != ENOENT)
        return detail::os_error(found.error, detail::system_step::inspect, path);
    if (exists && facts.kind != entry_kind::file)
        return error{.code = errc::not_a_regular_file}.about(path);
    if (exists && existing == existing_file::refuse)
        return error{.code = errc::name_taken}.about(path);
    auto part = create_part(where.in, where.name, path,
                            existing == existing_file::replace ? where.name : std::string());
    if (!part)
        return part.error();
    return exact_target(std::move(where), *std::move(part), existing);
}

STET_INLINE result<void> exact_target::publish_over(const entry_facts& only, detail::file_lock held,
                                                    durability lasting)
{
    return file_.publish_over(in_, name_, only, std::move(held), lasting);
}

namespace detail {

/// Whether a path means the same from every folder.
inline bool begins_at_root(std::string_view path, path_style style) noexcept
{
    if (style == path_style::posix)
        return path.starts_with('/');
    return path.starts_with('/') || path.starts_with('\\') || path.find(':') != std::string_view::npos;
}

} // namespace detail

STET_INLINE result<exact_target::place> exact_target::resolve(const file_system& calls,
                                                              const std::string& path)
{
    if (path.find('\0') != std::string::npos)
        return error{.code = errc::invalid_file_name}.about(path);
    auto [in_path, name] = folder::split(path, calls.paths);
    const bool is_allowed = calls.paths == path_style::posix || detail::is_allowed(name, calls.paths);
    if (name.empty() || name == "." || name == ".." || !is_allowed)
        return error{.code = errc::invalid_file_name}.about(path);
    auto in = folder::open(calls, in_path);
    if (!in)
        return in.error();

    constexpr int most_links = 40; // as many as Linux follows
    for (int followed = 0; followed < most_links; ++followed) {
        entry_facts facts;
        const auto  found = in->inspect(name, links::refuse, facts);
        if (found.error != 0 && found.error != ENOENT)
            return detail::os_error(found.error, detail::system_step::inspect, path);
        if (found.error != 0 || facts.kind != entry_kind::link)
            return place{.in = *std::move(in), .name = std::move(name), .in_path = std::move(in_path)};
        if (auto trusted = is_trusted(*in, facts, path); !trusted || !*trusted)
            return trusted ? error{.code = errc::untrusted_link, .os_code = EACCES}.about(path)
                           : trusted.error();
        auto target = link_target(*in, name, path);
        if (!target)
            return target.error();
        auto [next_path, next_name] = folder::split(*target, calls.paths);
        if (next_name.empty() || next_name == "." || next_name == "..")
            return error{.code = errc::not_a_regular_file}.about(path);
        auto next = in->open_relative(next_path, path);
        if (!next)
            return next.error();
        in = std::move(next);
        in_path = detail::begins_at_root(next_path, calls.paths) ? std::move(next_path)
                                                                 : detail::joined_path(in_path, next_path);
        name = std::move(next_name);
    }
    return error{.code = errc::too_many_links, .os_code = ELOOP}.about(path);
}

STET_INLINE exact_target::exact_target(place at, part_file file, existing_file existing) noexcept
    : in_(std::move(at.in)), file_(std::move(file)), name_(std::move(at.name)),
      in_path_(std::move(at.in_path)), existing_(existing)
{
}

STET_INLINE result<bool> exact_target::is_trusted(const folder& in, const entry_facts& link,
                                                  const std::string& path)
{
    const file_system& calls = in.calls();
    entry_facts        around;
    if (const auto looked = in.inspect("", links::follow, around); looked.error != 0)
        return detail::os_error(looked.error, detail::system_step::inspect, path);
    constexpr std::uint32_t shared = 01002; // sticky, and everyone may write
    if ((around.mode & shared) != shared || calls.user == nullptr || link.owner == around.owner)
        return true;
    const auto user = detail::retried([&] { return calls.user(calls.context); });
    if (user.error != 0)
        return detail::os_error(user.error, detail::system_step::know_user, path);
    return static_cast<std::uint64_t>(user.value) == link.owner;
}

STET_INLINE result<std::string> exact_target::link_target(const folder& in, const std::string& name,
                                                          const std::string& path)
{
    const file_system& calls = in.calls();
    std::string        target(4096, '\0');
    const auto         length = detail::retried([&] {
        return calls.read_link(calls.context, in.handle(), name.c_str(), target.data(), target.size());
    });
    if (length.error != 0)
        return detail::os_error(length.error, detail::system_step::read_link, path);
    if (static_cast<std::uint64_t>(length.value) >= target.size())
        return detail::os_error(ENAMETOOLONG, detail::system_step::read_link, path);
    target.resize(static_cast<std::size_t>(length.value));
    return target;
}

STET_INLINE result<part_file> exact_target::create_part(const folder& in, const std::string& name,
                                                        const std::string& path, const std::string& replaces)
{
    constexpr std::uint64_t most_attempts = 100'000;
    std::size_t             losses = 0;
    for (std::uint64_t attempt = 1;;) {
        auto part = part_file::create(in, detail::exact_part_name(name, attempt), path, replaces);
        if (!part && part.error().code == errc::part_file_lost && ++losses < part_file::most_losses)
            continue;
        if (part || part.error().os_code != EEXIST || attempt == most_attempts)
            return part;
        ++attempt;
    }
}

STET_INLINE result<numbered_target> numbered_target::take(const file_system& calls, const std::string& root,
                                                          const output_name& name, durability lasting,
                                                          std::uint64_t first)
{
    auto in = open_below(calls, root, name.folder, lasting);
    if (!in)
        return in.error();
    std::string in_path = name.folder.empty() ? root : detail::joined_path(root, name.folder);
    const auto  next = next_number(*in, in_path, name.stem, first);
    if (!next)
        return next.error();
    std::optional<part_file> part;
    const auto               number =
        claim(*in, in_path, name.stem, *next, [&](std::string own, std::string path) -> result<void> {
            part.reset(); // of a number that was used meanwhile
            auto made = part_file::create(*in, std::move(own), std::move(path));
            if (!made)
                return made.error();
            part.emplace(*std::move(made));
            return {};
        });
    if (!number)
        return number.error();
    return numbered_target(*std::move(in), std::move(in_path), name.stem, *std::move(part), *number);
}

STET_INLINE result<void> numbered_target::publish(durability lasting)
{
    return file_.publish(in_, name_, existing_file::refuse, lasting);
}

STET_INLINE result<void> numbered_target::take_next()
{
    const auto next = next_number(in_, in_path_, stem_, 1);
    if (!next)
        return next.error();
    const auto number = claim(in_, in_path_, stem_, *next, [&](std::string own, std::string path) {
        return file_.rename(std::move(own), std::move(path));
    });
    if (!number)
        return number.error();
    number_ = *number;
    name_ = numbered_name(stem_, number_, checkpoint_extension);
    return {};
}

STET_INLINE numbered_target::numbered_target(folder in, std::string in_path, std::string stem, part_file file,
                                             std::uint64_t number) noexcept
    : in_(std::move(in)), file_(std::move(file)), in_path_(std::move(in_path)), stem_(std::move(stem)),
      name_(numbered_name(stem_, number, checkpoint_extension)), number_(number)
{
}

STET_INLINE result<folder> numbered_target::open_below(const file_system& calls, const std::string& root,
                                                       const std::string& below, durability lasting)
{
    const auto top = folder::create(calls, root, lasting);
    if (!top)
        return top.error();
    auto        in = top->again(root);
    std::string path = root;
    for (std::size_t at = 0; in && at < below.size();) {
        const std::size_t found = below.find('/', at);
        const std::size_t end = found == std::string::npos ? below.size() : found;
        const std::string part = below.substr(at, end - at);
        path = detail::joined_path(path, part);
        in = in->enter(part, *top, lasting, path);
        at = end + 1;
    }
    return in;
}

STET_INLINE result<std::uint64_t> numbered_target::next_number(const folder& in, const std::string& in_path,
                                                               const std::string& stem, std::uint64_t first)
{
    const file_system& calls = in.calls();
    counter            numbers(stem, calls.letters);
    const auto         listed = detail::retried([&] {
        return calls.list(calls.context, in.handle(), [&](std::string_view entry) { numbers.see(entry); });
    });
    if (listed.error != 0)
        return detail::os_error(listed.error, detail::system_step::list_folder, in_path);
    const auto next = numbers.next();
    return next && *next < first ? first : next;
}

template <class Hold>
result<std::uint64_t> numbered_target::claim(const folder& in, const std::string& in_path,
                                             const std::string& stem, std::uint64_t number, Hold hold)
{
    for (std::size_t losses = 0;;) {
        const std::string  name = numbered_name(stem, number, checkpoint_extension);
        const std::string  path = detail::joined_path(in_path, name);
        const result<void> held = hold(numbered_name(stem, number, part_extension), path);
        if (!held && held.error().code == errc::part_file_lost && ++losses < part_file::most_losses)
            continue;
        if (!held && held.error().os_code != EEXIST)
            return held.error();
        if (held) {
            // Another saver may have published this number between the listing and here.
            entry_facts facts;
            const auto  found = in.inspect(name, links::refuse, facts);
            if (found.error == ENOENT)
                return number;
            if (found.error != 0)
                return detail::os_error(found.error, detail::system_step::inspect, path);
        }
        if (number == UINT64_MAX)
            return error{.code = errc::counter_exhausted, .actual = number}.about(stem);
        ++number;
    }
}

} // namespace STET_NAMESPACE
