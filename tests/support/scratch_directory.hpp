// SPDX-License-Identifier: MIT
// A folder of a test's own.
#ifndef STET_TESTS_SUPPORT_SCRATCH_DIRECTORY_HPP
#define STET_TESTS_SUPPORT_SCRATCH_DIRECTORY_HPP

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace support {

/// The system's folder for temporary files.
inline std::filesystem::path temporary_place()
{
    std::error_code failed;
    return std::filesystem::temp_directory_path(failed);
}

/// A folder whose files need no disk, where the system has one: for tests that make thousands.
inline std::filesystem::path quick_place()
{
    std::error_code failed;
    const auto      facts = std::filesystem::status("/dev/shm", failed);
    constexpr auto  all_write = std::filesystem::perms::others_write;
    const bool      serves =
        std::filesystem::is_directory(facts) && (facts.permissions() & all_write) == all_write;
    return serves ? "/dev/shm" : temporary_place();
}

/// A path of its UTF-8, which is what the library takes on every system.
inline std::filesystem::path path_of_utf8(std::string_view text)
{
    return {std::u8string(text.begin(), text.end())};
}

/// The UTF-8 of a path, with slashes.
inline std::string utf8_of(const std::filesystem::path& path)
{
    const std::u8string text = path.generic_u8string();
    return {text.begin(), text.end()};
}

/// A folder below the system's one for temporary files that nobody else uses; gone, with all that is in it,
/// when this goes. Names are relative to it.
class scratch_directory {
public:
    scratch_directory() : scratch_directory(temporary_place()) {}

    /// Below another folder than the system's one.
    explicit scratch_directory(const std::filesystem::path& above)
    {
        std::random_device random;
        std::error_code    failed;
        for (int attempt = 0; attempt < 100; ++attempt) {
            const auto path = above / ("stet-test-" + std::to_string(random()));
            if (std::filesystem::create_directory(path, failed)) {
                path_ = utf8_of(path);
                return;
            }
        }
        std::fputs("no scratch directory: the folder for temporary files is not writable\n", stderr);
        std::exit(2);
    }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    ~scratch_directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_of_utf8(path_), ignored);
    }

    const std::string& path() const noexcept { return path_; }

    /// The path of a name in it.
    std::string operator/(std::string_view name) const { return path_ + '/' + std::string(name); }

    void make_folder(std::string_view name) const
    {
        std::error_code ignored;
        std::filesystem::create_directories(place(name), ignored);
    }

    void put(std::string_view name, std::string_view content = {}) const
    {
        std::ofstream(place(name), std::ios::binary) << content;
    }

    void put_link(std::string_view name, std::string_view target) const
    {
        std::error_code ignored;
        std::filesystem::create_symlink(path_of_utf8(target), place(name), ignored);
    }

    void remove(std::string_view name) const
    {
        std::error_code ignored;
        std::filesystem::remove_all(place(name), ignored);
    }

    void rename(std::string_view from, std::string_view to) const
    {
        std::error_code ignored;
        std::filesystem::rename(place(from), place(to), ignored);
    }

    /// The bytes of a file, followed through links; empty when there is none.
    std::string content(std::string_view name) const
    {
        std::ifstream file(place(name), std::ios::binary);
        std::string   bytes;
        char          block[4096];
        while (file.read(block, sizeof block) || file.gcount() > 0)
            bytes.append(block, static_cast<std::size_t>(file.gcount()));
        return bytes;
    }

    /// Whether there is anything of that name, a broken link included.
    bool has(std::string_view name) const
    {
        std::error_code ignored;
        return std::filesystem::exists(std::filesystem::symlink_status(place(name), ignored));
    }

    /// What lies in a folder, sorted by name.
    std::vector<std::string> entries(std::string_view name = ".") const
    {
        std::vector<std::string> names;
        std::error_code          ignored;
        for (const auto& entry : std::filesystem::directory_iterator(place(name), ignored))
            names.push_back(utf8_of(entry.path().filename()));
        std::sort(names.begin(), names.end());
        return names;
    }

    /// Every file and link below it by its relative path: mode and content, or where it leads.
    std::map<std::string, std::string> files() const
    {
        std::map<std::string, std::string> all;
        std::error_code                    ignored;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_of_utf8(path_), ignored))
        {
            const std::string name = utf8_of(entry.path()).substr(path_.size() + 1);
            const auto        status = entry.symlink_status(ignored);
            if (std::filesystem::is_symlink(status))
                all[name] = "-> " + utf8_of(std::filesystem::read_symlink(entry.path(), ignored));
            else if (!std::filesystem::is_directory(status))
                all[name] = std::to_string(static_cast<unsigned>(status.permissions())) + ' ' + content(name);
        }
        return all;
    }

private:
    std::filesystem::path place(std::string_view name) const { return path_of_utf8(*this / name); }

    std::string path_;
};

} // namespace support

#endif
