// SPDX-License-Identifier: MIT
#include <stet/save/save.hpp>

#if defined(__linux__)

#include "support/sample_checkpoint.hpp"
#include "support/small_disk.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <string>
#include <string_view>

using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;
using support::sample_checkpoint;
using support::small_disk;

TEST_CASE("a read-only file system is said to be one and stays as it was")
{
    const small_disk disk("size=1m");
    if (!disk)
        return;
    disk->put("disk/old", "old");
    REQUIRE(disk.make_read_only());
    const auto              before = disk->files();
    const sample_checkpoint sample;
    const std::string       old_path = disk / "old";
    const std::string       new_path = disk / "new";
    const std::string       new_root = disk / "output";

    const auto check = [&](const stet::result<stet::saved_checkpoint>& saved, std::string_view path) {
        CAPTURE(path);
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == errc::read_only_file_system);
        CHECK(saved.error().os_code == EROFS);
        CHECK(stet::message(saved.error()) == '\'' + std::string(path) + "': the file system is read-only");
        CHECK(disk->files() == before);
    };
    check(sample.save(numbered{.root = disk.path(), .prefix = "M"}), disk / "M_00001_.safetensors");
    check(sample.save(numbered{.root = disk.path(), .prefix = "a/M"}), disk / "a");
    check(sample.save(numbered{.root = new_root, .prefix = "a/M"}), new_root);
    check(sample.save(exact_path{new_path}), new_path);
    check(sample.save(exact_path{old_path, existing_file::replace}), old_path);
    CHECK(sample.save(exact_path{old_path}).error().code == errc::name_taken);
}

#endif
