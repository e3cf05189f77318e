// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/abandoned_parts.hpp>
#include <stet/file/exact_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

using stet::abandoned_options;
using stet::durability;
using stet::errc;
using stet::left_because;
using stet::native_file_system;
using stet::remove_abandoned_exact;
using stet::remove_abandoned_numbered;
using support::disk_image;
using support::faulty_file_system;
using support::file_call;
using support::memory_disk;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

abandoned_options whatever_its_age()
{
    return {.least_age = 0};
}

/// The one file that was left, and why; empty unless there is exactly one.
stet::left_part only_left(const stet::result<stet::abandoned_parts>& found)
{
    return found && found->left.size() == 1 ? found->left.front() : stet::left_part{};
}

} // namespace

TEST_CASE("what a dead saver left is removed, and its number is free again")
{
    const scratch_directory here;
    here.put("M_00001_.safetensors", "whole");
    here.put("M_00007_.part", "half");
    here.put("other_00012_2.part", "half");
    const auto found = remove_abandoned_numbered(here.path(), {}, whatever_its_age());
    REQUIRE(found);
    CHECK(found->is_complete);
    CHECK(found->left.empty());
    CHECK(found->removed.size() == 2);
    CHECK(here.entries() == names{"M_00001_.safetensors"});
    const auto next = stet::numbered_target::take(native_file_system(), here.path(),
                                                  {.folder = {}, .stem = "M"}, durability::none);
    REQUIRE(next);
    CHECK(next->number() == 2);
}

TEST_CASE("who only looks is told what would be removed, and all stays")
{
    const scratch_directory here;
    here.put("M_00007_.part", "half");
    here.put("model.safetensors.part", "half");
    abandoned_options only_looks = whatever_its_age();
    only_looks.removes = false;
    const auto numbered = remove_abandoned_numbered(here.path(), {}, only_looks);
    const auto exact = remove_abandoned_exact(here.path() + "/model.safetensors", only_looks);
    REQUIRE(numbered);
    REQUIRE(exact);
    CHECK(numbered->removed == names{"M_00007_.part"});
    CHECK(exact->removed == names{"model.safetensors.part"});
    CHECK(here.entries() == names{"M_00007_.part", "model.safetensors.part"});
}

TEST_CASE("the part file of a live saver stays, whatever its age, and can be published")
{
    const scratch_directory here;
    auto live = stet::numbered_target::take(native_file_system(), here.path(), {.folder = {}, .stem = "M"},
                                            durability::none);
    REQUIRE(live);
    const auto left = only_left(remove_abandoned_numbered(here.path(), {}, whatever_its_age()));
    CHECK(left.name == "M_00001_.part");
    CHECK(left.why == left_because::in_use);
    CHECK(live->publish(durability::full));
    CHECK(here.entries() == names{"M_00001_.safetensors"});
}

TEST_CASE("names that no numbered save gives stay")
{
    const scratch_directory here;
    const names all{"M_00007_.safetensors", "M_7_.part", "a.part", "model.safetensors.part", "notes"};
    for (const std::string& name : all)
        here.put(name, "kept");
    const auto found = remove_abandoned_numbered(here.path(), {}, whatever_its_age());
    REQUIRE(found);
    CHECK(found->removed.empty());
    CHECK(found->left.empty());
    CHECK(here.entries() == all);
}

#if !defined(_WIN32)
TEST_CASE("a folder, a link and a pipe under a part file's name stay, and what a link names too")
{
    const scratch_directory here;
    here.make_folder("M_00001_.part");
    here.put("target", "kept");
    here.put_link("M_00002_.part", "target");
    here.put_link("M_00003_.part", "nowhere");
    REQUIRE(::mkfifo((here / "M_00004_.part").c_str(), 0600) == 0);
    const auto before = here.entries();
    const auto found = remove_abandoned_numbered(here.path(), {}, whatever_its_age());
    REQUIRE(found);
    CHECK(found->removed.empty());
    CHECK(found->left.empty());
    CHECK(here.entries() == before);
    CHECK(here.content("target") == "kept");
}
#endif

TEST_CASE("what is too young is left, and not even locked")
{
    const std::int64_t now{std::time(nullptr)};
    struct row {
        std::int64_t modified;
        std::int64_t least_age;
        bool         is_removed;
    };
    for (const row& given : {row{now - 4000, 3600, true}, row{now - 3000, 3600, false}, row{now, 3600, false},
                             row{now + 9000, 3600, false}, row{now - 10, 1, true}, row{now + 9000, 1, false},
                             row{now, 0, true}, row{now + 9000, 0, true}, row{0, 3600, true}})
    {
        disk_image image;
        const auto file = image.put_file(support::top_folder, "M_00001_.part", "half");
        image.entries.at(file).modified = given.modified;
        const memory_disk disk(image);
        const auto        found =
            remove_abandoned_numbered("/", {}, {.least_age = given.least_age, .file_system = &disk.calls()});
        CAPTURE(given.modified - now, given.least_age);
        CHECK((disk.now().find("M_00001_.part") == nullptr) == given.is_removed);
        if (!given.is_removed) {
            const auto left = only_left(found);
            CHECK(left.why == left_because::too_young);
            CHECK(left.os_code == 0);
            CHECK(disk.count() == 6); // the folder opened and closed twice, listed, the file looked at
        }
    }
}

TEST_CASE("an hour is the age unless another is asked for")
{
    const scratch_directory here;
    here.put("M_00001_.part");
    CHECK(only_left(remove_abandoned_numbered(here.path())).why == left_because::too_young);
    CHECK(abandoned_options{}.least_age == 3600);
    CHECK(here.has("M_00001_.part"));
}

TEST_CASE("where nothing can be locked nothing is removed")
{
    disk_image image;
    image.put_file(support::top_folder, "M_00001_.part", "half");
    memory_disk disk(image);
    disk.lack_locks();
    const auto left =
        only_left(remove_abandoned_numbered("/", {}, {.least_age = 0, .file_system = &disk.calls()}));
    CHECK(left.why == left_because::not_lockable);
    CHECK(left.os_code == ENOTSUP);
    CHECK(disk.now().find("M_00001_.part") != nullptr);
}

#if !defined(_WIN32) // on Windows nothing tells one file from another

TEST_CASE("a file that takes the name once the old one is locked stays")
{
    for (const file_call kind : {file_call::lock_file, file_call::inspect}) {
        const scratch_directory here;
        here.put("M_00001_.part", "half");
        faulty_file_system faulty;
        int                times = 0;
        const auto         replace = [&] {
            // The second look at the name comes once the old file is locked.
            if (++times == (kind == file_call::inspect ? 2 : 1)) {
                here.rename("M_00001_.part", "aside");
                here.put("M_00001_.part", "another saver's");
            }
        };
        faulty.before(kind, replace);
        stet::abandoned_options options{.least_age = 0, .file_system = &faulty.calls()};
        REQUIRE(remove_abandoned_numbered(here.path(), {}, options));
        CAPTURE(support::file_call_names[static_cast<std::size_t>(kind)]);
        CHECK(here.content("aside") == "half");
        // Replaced before it was opened, the newcomer is what was looked at: unlocked, so removed.
        CHECK(here.content("M_00001_.part") == (kind == file_call::lock_file ? "" : "another saver's"));
    }
}

#endif

TEST_CASE("a part file that is gone meanwhile is nobody's concern")
{
    for (const file_call kind : {file_call::lock_file, file_call::remove}) {
#if defined(_WIN32)
        if (kind == file_call::remove)
            continue; // its lock keeps it there
#endif
        const scratch_directory here;
        here.put("M_00001_.part");
        faulty_file_system faulty;
        const auto         vanish = [&] { here.remove("M_00001_.part"); };
        faulty.before(kind, vanish);
        const auto found =
            remove_abandoned_numbered(here.path(), {}, {.least_age = 0, .file_system = &faulty.calls()});
        REQUIRE(found);
        CHECK(found->removed.empty());
        CHECK(found->left.empty());
    }
}

TEST_CASE("a part file that cannot be looked at, locked or removed is left and says why")
{
    struct row {
        file_call    kind;
        std::size_t  nth;
        left_because why;
    };
    for (const row& given : {row{file_call::inspect, 1, left_because::not_lockable},
                             row{file_call::inspect, 2, left_because::not_lockable},
                             row{file_call::lock_file, 1, left_because::not_lockable},
                             row{file_call::remove, 1, left_because::not_removable}})
    {
        const std::size_t       before = support::open_descriptors();
        const scratch_directory here;
        here.put("M_00001_.part");
        faulty_file_system faulty;
        faulty.fail(given.kind, given.nth, EACCES);
        const auto left = only_left(
            remove_abandoned_numbered(here.path(), {}, {.least_age = 0, .file_system = &faulty.calls()}));
        CHECK(left.name == "M_00001_.part");
        CHECK(left.why == given.why);
        CHECK(left.os_code == EACCES);
        CHECK(here.has("M_00001_.part"));
        CHECK(support::open_descriptors() == before);
    }
}

static_assert(stet::abandoned_parts::most == 1000);

TEST_CASE("one look is at no more than a thousand files, and says so")
{
    disk_image image;
    for (std::uint64_t number = 1; number <= stet::abandoned_parts::most + 5; ++number)
        image.put_file(support::top_folder, stet::numbered_name("M", number, stet::part_extension), "");
    const memory_disk             disk(image);
    const stet::abandoned_options options{.least_age = 0, .file_system = &disk.calls()};
    const auto                    first = remove_abandoned_numbered("/", {}, options);
    REQUIRE(first);
    CHECK_FALSE(first->is_complete);
    CHECK(first->removed.size() == stet::abandoned_parts::most);
    const auto second = remove_abandoned_numbered("/", {}, options);
    REQUIRE(second);
    CHECK(second->is_complete);
    CHECK(second->removed.size() == 5);
}

TEST_CASE("the folder is reached as a numbered save reaches it, and none is made")
{
    const scratch_directory here;
    here.make_folder("root/in/deep/down");
    here.make_folder("beside");
    here.put("root/in/deep/M_00001_.part");
    here.put("beside/M_00001_.part");
    const std::string root = here / "root";
    const auto        code_of = [&](std::string_view below) {
        const auto found = remove_abandoned_numbered(root, below, whatever_its_age());
        return found ? errc{} : found.error().code;
    };
    CHECK(code_of("in/none") == errc::folder_missing);
    CHECK_FALSE(here.has("root/in/none"));
#if !defined(_WIN32)
    here.put_link("root/out", "../beside");
    CHECK(code_of("out") == errc::outside_root);
#endif
    CHECK(code_of("../beside") == errc::outside_root);
    CHECK(code_of("/") == errc::outside_root);
    CHECK(code_of("in\n") == errc::invalid_file_name);
    CHECK(remove_abandoned_numbered(here / "none").error().code == errc::folder_missing);
    CHECK(here.has("beside/M_00001_.part"));
    CHECK(here.has("root/in/deep/M_00001_.part"));
#if !defined(_WIN32)
    here.put_link("root/link", "in/deep");
    CHECK(code_of("./in/../link/") == errc{});
    CHECK_FALSE(here.has("root/in/deep/M_00001_.part"));
#endif
    here.put("root/in/deep/down/M_00001_.part");
    CHECK(code_of("in/deep/down") == errc{});
    CHECK_FALSE(here.has("root/in/deep/down/M_00001_.part"));
}

TEST_CASE("a folder that cannot be listed is an error about its path")
{
    const scratch_directory here;
    here.make_folder("in");
    here.put("in/M_00001_.part");
    faulty_file_system faulty;
    faulty.fail(file_call::list, 1, EIO);
    const auto found =
        remove_abandoned_numbered(here.path(), "in", {.least_age = 0, .file_system = &faulty.calls()});
    REQUIRE_FALSE(found);
    CHECK(found.error().os_code == EIO);
    CHECK(found.error().subject() == here / "in");
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("of an exact path only its own part files are removed, where its links lead")
{
    const scratch_directory here;
    here.make_folder("far");
    here.put("far/m.safetensors", "old");
    here.put("far/m.safetensors.part");
    here.put("far/m.safetensors.3.part");
    here.put("far/other.safetensors.part");
    here.put("far/M_00001_.part");
    here.put_link("link", "far/m.safetensors");
    const auto found = remove_abandoned_exact(here / "link", whatever_its_age());
    REQUIRE(found);
    CHECK(found->removed.size() == 2);
    CHECK(here.entries("far") == names{"M_00001_.part", "m.safetensors", "other.safetensors.part"});
    CHECK(here.content("far/m.safetensors") == "old");
    CHECK(remove_abandoned_exact(here / "none/x").error().code == errc::folder_missing);
    CHECK(remove_abandoned_exact(here / "far/..").error().code == errc::invalid_file_name);
}

#endif

TEST_CASE("the part file of a live save to an exact path stays, a dead one beside it goes")
{
    const scratch_directory here;
    here.put("m.part", "half");
    auto live = stet::exact_target::take(native_file_system(), here / "m", stet::existing_file::refuse);
    REQUIRE(live);
    const auto found = remove_abandoned_exact(here / "m", whatever_its_age());
    REQUIRE(found);
    CHECK(found->removed == names{"m.part"});
    CHECK(only_left(found).name == "m.2.part");
    CHECK(live->publish(durability::none));
    CHECK(here.entries() == names{"m"});
}
