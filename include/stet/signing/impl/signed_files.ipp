// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/os_error.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/staging_block.hpp"
#include "signed_files.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE bool is_before_by_parts(std::string_view one, std::string_view other) noexcept
{
    std::size_t i = 0;
    while (i < one.size() && i < other.size() && one[i] == other[i])
        ++i;
    if (i == one.size() || i == other.size())
        return one.size() < other.size();
    const auto rank = [](char c) { return c == '/' ? -1 : static_cast<int>(static_cast<unsigned char>(c)); };
    return rank(one[i]) < rank(other[i]);
}

/// The folder that a relative path without links leads to.
inline result<folder> folder_below(const folder& top, const std::string& path, std::string_view below)
{
    auto at = top.again(path);
    while (at && !below.empty()) {
        const std::size_t end = below.find('/');
        const std::string part(below.substr(0, end));
        below = end == std::string_view::npos ? std::string_view() : below.substr(end + 1);
        at = at->enter_existing(part, top, path);
    }
    return at;
}

/// What lies in one folder: its files are added, its folders are to be looked into.
/// below: the folder's name with a '/' at its end, or nothing
inline result<void> look_into(const folder& in, const std::string& path, const std::string& below,
                              function_ref<bool(std::string_view)> is_ignored,
                              std::vector<std::string>& files, std::vector<std::string>& folders)
{
    std::vector<std::string> entries;
    const auto               listed = retried([&] {
        entries.clear();
        return in.calls().list(in.calls().context, in.handle(),
                                             [&](std::string_view entry) { entries.emplace_back(entry); });
    });
    if (listed.error != 0)
        return os_error(listed.error, system_step::list_folder, path);
    for (const std::string& entry : entries) {
        std::string name = below + entry;
        if (is_ignored(name))
            continue;
        if (!inspect_json_string(name).well_formed)
            return error{.code = errc::invalid_file_name}.about(path + '/', name);
        entry_facts facts;
        if (const auto found = in.inspect(entry, links::refuse, facts); found.error != 0)
            return os_error(found.error, system_step::inspect, path + '/' + name);
        if (facts.kind == entry_kind::file)
            files.push_back(std::move(name));
        else if (facts.kind == entry_kind::folder)
            folders.push_back(std::move(name));
        else
            return error{.code = errc::not_a_regular_file}.about(path + '/', name);
    }
    return {};
}

STET_INLINE result<std::vector<std::string>> files_below(const folder& top, const std::string& path,
                                                         function_ref<bool(std::string_view)> is_ignored)
{
    std::vector<std::string> files;
    std::vector<std::string> folders{std::string()}; // still to be looked into; no descent is nested
    while (!folders.empty()) {
        const std::string name = std::move(folders.back());
        folders.pop_back();
        const auto in = folder_below(top, path, name);
        if (!in)
            return in.error();
        const std::string below = name.empty() ? name : name + '/';
        if (auto looked = look_into(*in, path, below, is_ignored, files, folders); !looked)
            return looked.error();
    }
    std::vector<const std::string*> order;
    for (const std::string& file : files)
        order.push_back(&file);
    sort_range(array_view<const std::string*>(order),
               [](const std::string* a, const std::string* b) { return is_before_by_parts(*a, *b); });
    std::vector<std::string> sorted;
    for (const std::string* const file : order)
        sorted.push_back(*file);
    return sorted;
}

/// Reads an open file to its end.
inline result<hashes::digest_bytes> hash_open_file(const file_system& calls, file_handle file,
                                                   const std::string& said, const allocator& memory)
{
    entry_facts facts;
    const auto looked = retried([&] { return calls.inspect(calls.context, file, "", links::follow, facts); });
    if (looked.error != 0)
        return os_error(looked.error, system_step::inspect, said);
    if (facts.kind != entry_kind::file)
        return error{.code = errc::not_a_regular_file}.about(said);
    constexpr std::size_t block_size = std::size_t{1} << 20U;
    auto                  block = staging_block::make(block_size, memory);
    if (!block)
        return block.error();
    const auto     buffer = block->bytes();
    hashes::sha256 digest;
    for (std::uint64_t at = 0;;) {
        const auto got =
            retried([&] { return calls.read_at(calls.context, file, at, buffer.data(), buffer.size()); });
        if (got.error != 0)
            return os_error(got.error, system_step::read, said);
        if (got.value < 0 || static_cast<std::uint64_t>(got.value) > buffer.size())
            return os_error(EIO, system_step::read, said);
        if (got.value == 0)
            return digest.finish();
        digest.update(buffer.first(static_cast<std::size_t>(got.value)));
        at += static_cast<std::uint64_t>(got.value);
    }
}

STET_INLINE result<hashes::digest_bytes> hash_file(const folder& top, const std::string& path,
                                                   const std::string& name, const allocator& memory)
{
    const file_system& calls = top.calls();
    const std::string  said = path + '/' + name;
    if (calls.open_file == nullptr || calls.read_at == nullptr)
        return error{.code = errc::editing_not_offered}.about(said);
    const std::size_t cut = name.rfind('/');
    const bool        is_at_top = cut == std::string::npos;
    const auto        in = folder_below(top, path, is_at_top ? std::string() : name.substr(0, cut));
    if (!in)
        return in.error();
    const std::string own = is_at_top ? name : name.substr(cut + 1);
    const auto        opened =
        retried([&] { return calls.open_file(calls.context, in->handle(), own.c_str(), file_use::read); });
    if (opened.error == ELOOP)
        return error{.code = errc::not_a_regular_file}.about(said);
    if (opened.error != 0)
        return os_error(opened.error, system_step::open, said);
    const auto file = static_cast<file_handle>(opened.value);
    auto       digest = hash_open_file(calls, file, said, memory);
    calls.close(calls.context, file);
    return digest;
}

} // namespace STET_NAMESPACE::detail
