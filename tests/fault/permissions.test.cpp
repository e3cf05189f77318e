// SPDX-License-Identifier: MIT
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/ordinary_user.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;
using support::is_ordinary_user;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

int compare(const stet::result<stet::saved_checkpoint>& saved, std::string_view path)
{
    if (saved)
        return 1;
    if (saved.error().code != errc::permission_denied)
        return 2;
    return stet::message(saved.error()) == '\'' + std::string(path) + "': permission denied" ? 0 : 3;
}

bool set_mode(const std::string& path, mode_t mode)
{
    return ::chmod(path.c_str(), mode) == 0;
}

} // namespace

TEST_CASE("a folder one may not write into stays as it was")
{
    const scratch_directory here;
    here.make_folder("root/sub");
    here.put("root/old", "old");
    REQUIRE(set_mode(here / "root/old", 0666));
    REQUIRE(set_mode(here / "root/sub", 0555));
    REQUIRE(set_mode(here / "root", 0555));
    const auto before = here.files();

    const int outcome = support::in_child([&] {
        if (!is_ordinary_user())
            return 10;
        const sample_checkpoint sample;
        const std::string       root = here / "root";
        const std::string       old_path = root + "/old";
        const std::string       new_path = root + "/new";
        const std::string       new_root = root + "/deeper/output";
        int wrong = compare(sample.save(numbered{root, "M"}), root + "/M_00001_.safetensors");
        wrong += 4 * compare(sample.save(numbered{root, "sub/M"}), root + "/sub/M_00001_.safetensors");
        wrong += 16 * compare(sample.save(exact_path{new_path}), new_path);
        if (wrong != 0)
            return wrong;
        if (compare(sample.save(numbered{root, "a/M"}), root + "/a") != 0)
            return 20;
        if (compare(sample.save(numbered{new_root, "M"}), root + "/deeper") != 0)
            return 21;
        if (compare(sample.save(exact_path{old_path, existing_file::replace}), old_path) != 0)
            return 22;
        return 0;
    });
    CHECK(outcome == 0);
    CHECK(here.files() == before);
    CHECK(here.entries("root").size() == 2);
    CHECK(set_mode(here / "root", 0755));
}

TEST_CASE("a folder one may not look into is an error, not an empty folder")
{
    const scratch_directory here;
    here.make_folder("root/sub");
    here.put("root/M_00007_.safetensors", "old");
    for (const mode_t mode : {0000U, 0333U}) {
        REQUIRE(set_mode(here / "root", mode));
        const int outcome = support::in_child([&] {
            if (!is_ordinary_user())
                return 10;
            const sample_checkpoint sample;
            const std::string       root = here / "root";
            const std::string       path = root + "/new";
            if (compare(sample.save(numbered{root, "M"}), root) != 0)
                return 1;
            return compare(sample.save(exact_path{path}), root) != 0 ? 2 : 0;
        });
        CHECK(outcome == 0);
        REQUIRE(set_mode(here / "root", 0755));
        CHECK(here.entries("root").size() == 2);
        CHECK(here.content("root/M_00007_.safetensors") == "old");
    }
}

TEST_CASE("another user's file in a shared folder stays where the folder protects it")
{
    if (::getuid() != 0) {
        std::printf("SKIPPED, another user's file needs root\n");
        std::fflush(stdout);
        return;
    }
    const scratch_directory here;
    here.make_folder("shared");
    here.put("shared/old", "old");
    REQUIRE(set_mode(here / "shared/old", 0666));
    REQUIRE(set_mode(here / "shared", 01777));
    const auto before = here.files();
    for (const stet::durability lasting : {stet::durability::none, stet::durability::full}) {
        const int outcome = support::in_child([&] {
            if (!is_ordinary_user())
                return 10;
            const std::string path = here / "shared/old";
            return compare(
                sample_checkpoint().save(exact_path{path, existing_file::replace}, {.durability = lasting}),
                path);
        });
        CHECK(outcome == 0);
        CHECK(here.files() == before);
    }
    const int outcome = support::in_child([&] {
        const std::string root = here / "shared";
        return is_ordinary_user() && sample_checkpoint().save(numbered{root, "M"}) ? 0 : 1;
    });
    CHECK(outcome == 0);
    CHECK(sample_checkpoint().is_in(here.content("shared/M_00001_.safetensors")));
}

#endif
