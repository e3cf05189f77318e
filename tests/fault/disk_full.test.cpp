// SPDX-License-Identifier: MIT
#include <stet/save/save.hpp>

#if defined(__linux__)

#include "support/faulty_file_system.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/small_disk.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::small_disk;

namespace {

using names = std::vector<std::string>;

constexpr std::size_t too_much = 3U << 20U;
constexpr std::size_t enough = 100U << 10U;

void check_full(const stet::result<stet::saved_checkpoint>& saved, std::string_view name)
{
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == errc::disk_full);
    CHECK(saved.error().os_code == ENOSPC);
    CHECK(saved.error().expected > too_much); // the whole file
    const std::string sentence = stet::message(saved.error());
    CHECK(sentence.find(std::string(name) + "': no space or quota left for ") != std::string::npos);
}

} // namespace

TEST_CASE("a full disk is found out and leaves the old file and nothing else")
{
    const small_disk disk("size=1m");
    if (!disk)
        return;
    const sample_checkpoint old(1, enough);
    const sample_checkpoint large(2, too_much);
    const std::string       old_path = disk / "old";
    const std::string       new_path = disk / "new";
    REQUIRE(old.save(exact_path{old_path}));
    const std::string before = disk->content("disk/old");

    // Space set aside shows it before the first byte; without that, a write does.
    for (const bool sets_aside : {true, false}) {
        faulty_file_system faulty;
        if (!sets_aside)
            faulty.fail_each(file_call::preallocate, ENOTSUP);
        const stet::save_options options{.file_system = &faulty.calls()};
        CAPTURE(sets_aside);
        check_full(large.save(numbered{.root = disk.path(), .prefix = "M"}, options), "M_00001_.safetensors");
        CHECK(disk->entries("disk") == names{"old"});
        check_full(large.save(exact_path{new_path}, options), "new");
        CHECK(disk->entries("disk") == names{"old"});
        check_full(large.save(exact_path{old_path, existing_file::replace}, options), "old");
        CHECK(disk->entries("disk") == names{"old"});
        CHECK((faulty.count(file_call::write) == 0) == sets_aside);
        CHECK(disk->content("disk/old") == before);
    }

    // Nothing of the attempts takes up room.
    CHECK(old.save(numbered{.root = disk.path(), .prefix = "M"}));
    CHECK(disk->entries("disk") == names{"M_00001_.safetensors", "old"});
}

TEST_CASE("a disk without room for one more name is full")
{
    const small_disk disk("size=1m,nr_inodes=4");
    if (!disk)
        return;
    const sample_checkpoint sample(1, 100);
    const std::string       old_path = disk / "old";
    disk->put("disk/old", "old");
    disk->put("disk/a");
    disk->put("disk/b");
    for (const bool is_numbered : {false, true}) {
        const auto saved = is_numbered ? sample.save(numbered{.root = disk.path(), .prefix = "M"})
                                       : sample.save(exact_path{old_path, existing_file::replace});
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == errc::disk_full);
    }
    const auto in_new_folder = sample.save(numbered{.root = disk.path(), .prefix = "sub/M"});
    REQUIRE_FALSE(in_new_folder);
    CHECK(in_new_folder.error().code == errc::disk_full);
    CHECK(disk->entries("disk") == names{"a", "b", "old"});
    CHECK(disk->content("disk/old") == "old");
}

#endif
