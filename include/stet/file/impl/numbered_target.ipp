// SPDX-License-Identifier: MIT
#include "../../naming/counter.hpp"
#include "../../naming/numbered_name.hpp"
#include "../numbered_target.hpp"

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<numbered_target> numbered_target::take(const file_system& calls, const std::string& root,
                                                          const output_name& name, durability lasting,
                                                          std::uint64_t first)
{
    auto in = open_below(calls, root, name.folder, lasting);
    if (!in)
        return in.error();
    const std::string in_path = name.folder.empty() ? root : joined(root, name.folder);
    counter           numbers(name.stem, calls.letters);
    const auto        listed = retried([&] {
        return calls.list(calls.context, in->handle(), [&](std::string_view entry) { numbers.see(entry); });
    });
    if (listed.error != 0)
        return os_error(listed.error, in_path);
    const auto next = numbers.next();
    if (!next)
        return next.error();
    return claim(*std::move(in), in_path, name.stem, *next < first ? first : *next);
}

STET_INLINE result<void> numbered_target::publish(durability lasting)
{
    return file_.publish(in_, name_, existing_file::refuse, lasting);
}

STET_INLINE numbered_target::numbered_target(folder in, part_file file, std::string name,
                                             std::uint64_t number) noexcept
    : in_(std::move(in)), file_(std::move(file)), name_(std::move(name)), number_(number)
{
}

STET_INLINE std::string numbered_target::joined(const std::string& folder_path, const std::string& name)
{
    const bool has_separator = folder_path.ends_with('/');
    return has_separator ? folder_path + name : folder_path + '/' + name;
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
        path = joined(path, part);
        in = in->enter(part, *top, lasting, path);
        at = end + 1;
    }
    return in;
}

STET_INLINE result<numbered_target> numbered_target::claim(folder in, const std::string& in_path,
                                                           const std::string& stem, std::uint64_t number)
{
    for (std::size_t losses = 0;;) {
        std::string name = numbered_name(stem, number, checkpoint_extension);
        std::string path = joined(in_path, name);
        auto        part = part_file::create(in, numbered_name(stem, number, part_extension), path);
        if (!part && part.error().code == errc::part_file_lost && ++losses < part_file::most_losses)
            continue;
        if (!part && part.error().os_code != EEXIST)
            return part.error();
        if (part) {
            // Another saver may have published this number between the listing and here.
            entry_facts facts;
            const auto  found = in.inspect(name, links::refuse, facts);
            if (found.error == ENOENT)
                return numbered_target(std::move(in), *std::move(part), std::move(name), number);
            if (found.error != 0)
                return os_error(found.error, path);
        }
        if (number == UINT64_MAX)
            return error{.code = errc::counter_exhausted, .actual = number}.about(stem);
        ++number;
    }
}

} // namespace STET_NAMESPACE
