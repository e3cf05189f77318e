// SPDX-License-Identifier: MIT
// Whole files, and the files of a folder.
#ifndef STET_TESTS_SUPPORT_FILES_HPP
#define STET_TESTS_SUPPORT_FILES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace support {

/// The whole file, or nothing when it cannot be read.
inline std::optional<std::string> file_content(const std::filesystem::path& path)
{
    std::error_code      failed;
    const std::uintmax_t size = std::filesystem::file_size(path, failed);
    std::ifstream        file(path, std::ios::binary);
    if (failed || !file)
        return std::nullopt;
    std::string content(static_cast<std::size_t>(size), '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    return file ? std::optional(std::move(content)) : std::nullopt;
}

/// The regular files of a folder whose names end that way, sorted by name.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                                   std::string_view             ending = {})
{
    std::vector<std::filesystem::path>  found;
    std::error_code                     failed;
    std::filesystem::directory_iterator entry(folder, failed);
    for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
        if (entry->is_regular_file(failed) && entry->path().filename().string().ends_with(ending))
            found.push_back(entry->path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace support

#endif
