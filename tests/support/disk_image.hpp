// SPDX-License-Identifier: MIT
// What lies on a disk that exists in memory only.
#ifndef STET_TESTS_SUPPORT_DISK_IMAGE_HPP
#define STET_TESTS_SUPPORT_DISK_IMAGE_HPP

#include <stet/file/file_system.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace support {

using inode = std::uint64_t;

/// The folder "/".
inline constexpr inode top_folder = 1;

struct stored_entry {
    stet::entry_kind             kind = stet::entry_kind::file;
    std::uint32_t                mode = 0644;
    std::string                  bytes{}; ///< of a file, perhaps more or fewer than its size; a link's target
    std::size_t                  size = 0;     ///< of a file
    std::int64_t                 modified = 0; ///< in seconds since 1970
    char                         unwritten{0}; ///< what a reader finds where nothing was written
    std::map<std::string, inode> names{};      ///< of a folder
    inode                        above = 0;    ///< of a folder

    /// What a reader finds in the file.
    std::string content() const
    {
        std::string found = bytes.substr(0, size);
        found.resize(size, unwritten);
        return found;
    }
};

/// Everything on a disk, by number. An entry that no name leads to is lost.
struct disk_image {
    std::map<inode, stored_entry> entries{
        {top_folder, {.kind = stet::entry_kind::folder, .mode = 0755, .names = {}, .above = top_folder}}};

    inode next_inode() const { return entries.rbegin()->first + 1; }

    inode put_folder(inode folder, const std::string& name)
    {
        return put(folder, name,
                   {.kind = stet::entry_kind::folder, .mode = 0755, .names = {}, .above = folder});
    }

    inode put_file(inode folder, const std::string& name, std::string_view content, std::uint32_t mode = 0644)
    {
        return put(folder, name, {.mode = mode, .bytes = std::string(content), .size = content.size()});
    }

    inode put_link(inode folder, const std::string& name, std::string_view target)
    {
        return put(folder, name, {.kind = stet::entry_kind::link, .bytes = std::string(target)});
    }

    /// The file of a path from the top, without links; none when it is not there.
    const stored_entry* find(std::string_view path) const
    {
        const stored_entry* at = &entries.at(top_folder);
        while (at != nullptr && !path.empty()) {
            const std::size_t end = path.find('/') == std::string_view::npos ? path.size() : path.find('/');
            const auto        named = at->names.find(std::string(path.substr(0, end)));
            if (named == at->names.end())
                return nullptr;
            at = &entries.at(named->second);
            path.remove_prefix(end == path.size() ? end : end + 1);
        }
        return at;
    }

    /// Calls `see(path, entry)` for every file that a name leads to. The path lacks the first '/'.
    template <class See>
    void for_each_file(See see, inode folder = top_folder, const std::string& above = {}) const
    {
        for (const auto& [name, number] : entries.at(folder).names) {
            const stored_entry& entry = entries.at(number);
            if (entry.kind == stet::entry_kind::folder)
                for_each_file(see, number, above + name + '/');
            else if (entry.kind == stet::entry_kind::file)
                see(above + name, entry);
        }
    }

private:
    inode put(inode folder, const std::string& name, stored_entry entry)
    {
        const inode number = next_inode();
        entries.emplace(number, std::move(entry));
        entries.at(folder).names[name] = number;
        return number;
    }
};

} // namespace support

#endif
