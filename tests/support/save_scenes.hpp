// SPDX-License-Identifier: MIT
// The ways a save can be asked for, each with the folder it finds.
#ifndef STET_TESTS_SUPPORT_SAVE_SCENES_HPP
#define STET_TESTS_SUPPORT_SAVE_SCENES_HPP

#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace support {

/// Whether a file can be given to another user here.
inline bool has_other_owners() noexcept
{
#if defined(_WIN32)
    return false;
#else
    return ::geteuid() == 0;
#endif
}

struct save_scene {
    std::string_view    name;
    std::string_view    saved_as; ///< the file that a save without faults writes, relative to the folder
    std::string_view    root{};   ///< of a numbered save, relative to the folder
    std::string_view    prefix{}; ///< empty for an exact path
    std::string_view    path{};   ///< of an exact save, relative to the folder
    stet::existing_file existing = stet::existing_file::refuse;

    /// Puts into the folder what the save is to find there.
    void prepare(const scratch_directory& here) const
    {
        here.make_folder("root/in/deep");
        here.put_link("root/link", "in/deep");
        here.put("root/M_00001_.safetensors", "an earlier one");
        here.put("root/M_00002_.part", "a killed saver's");
        here.put("root/old", old_content());
        here.put_link("root/to_old", "old");
        here.put_link("root/to_new", "in/new");
        here.make_folder("shared");
        here.put_link("shared/to_old", "../root/old");
#if !defined(_WIN32)
        // Other users' where there can be any, so that a save has all to do that it ever has.
        std::filesystem::permissions(here / "shared", std::filesystem::perms(01777));
        if (has_other_owners()) {
            constexpr unsigned another = 65'534;
            static_cast<void>(!::chown((here / "root/old").c_str(), another, another));
            static_cast<void>(!::chown((here / "shared").c_str(), another, another));
        }
#endif
    }

    /// What the file "root/old" holds.
    static std::string old_content() { return "the old file"; }

    stet::result<stet::saved_checkpoint> save(const scratch_directory& here, const sample_checkpoint& sample,
                                              const stet::save_options& options) const
    {
        if (!prefix.empty()) {
            const std::string full_root = here / root;
            return sample.save(stet::numbered{.root = full_root, .prefix = prefix}, options);
        }
        const std::string full_path = here / path;
        return sample.save(stet::exact_path{full_path, existing}, options);
    }
};

inline constexpr std::array<save_scene, 9> save_scenes{{
    {.name = "numbered", .saved_as = "root/M_00003_.safetensors", .root = "root", .prefix = "M"},
    {.name = "numbered, new folders",
     .saved_as = "new/a/b/M_00001_.safetensors",
     .root = "new",
     .prefix = "a/b/M"},
    {.name = "numbered, through a link",
     .saved_as = "root/in/deep/M_00001_.safetensors",
     .root = "root",
     .prefix = "link/M"},
    {.name = "exact, new", .saved_as = "root/new", .path = "root/new"},
    {.name = "exact, new or old",
     .saved_as = "root/new",
     .path = "root/new",
     .existing = stet::existing_file::replace},
    {.name = "exact, old",
     .saved_as = "root/old",
     .path = "root/old",
     .existing = stet::existing_file::replace},
    {.name = "exact, link to old",
     .saved_as = "root/old",
     .path = "root/to_old",
     .existing = stet::existing_file::replace},
    {.name = "exact, link in a shared folder",
     .saved_as = "root/old",
     .path = "shared/to_old",
     .existing = stet::existing_file::replace},
    {.name = "exact, link to new", .saved_as = "root/in/new", .path = "root/to_new"},
}};

} // namespace support

#endif
