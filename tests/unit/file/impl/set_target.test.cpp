// SPDX-License-Identifier: MIT
#include "support/disk_image.hpp"
#include "support/memory_disk.hpp"
#include "support/scratch_directory.hpp"
#include "support/text_bytes.hpp"

#include <stet/file/folder.hpp>
#include <stet/file/impl/set_target.hpp>
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

using stet::durability;
using stet::errc;
using stet::existing_file;
using stet::native_file_system;
using stet::detail::set_target;
using support::as_bytes;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

bool is_member(std::string_view name)
{
    return name == "index" || (name.starts_with("m") && name.find('.') == std::string_view::npos);
}

auto take(const scratch_directory& here, existing_file existing = existing_file::replace)
{
    return set_target::take(native_file_system(), here.path(), "index", is_member, existing,
                            durability::none);
}

/// Saves these files, each holding its name and what comes after it.
stet::result<stet::detail::replaced_set> save(const scratch_directory& here, const names& files,
                                              bool has_index, std::string_view content = "new",
                                              durability    lasting = durability::full,
                                              existing_file existing = existing_file::replace)
{
    auto target = take(here, existing);
    if (!target)
        return target.error();
    for (const std::string& name : files) {
        const auto part = target->add(name);
        if (!part)
            return part.error();
        if (auto written = (*part)->write(as_bytes(name + ' ' + std::string(content))); !written)
            return written.error();
    }
    if (has_index) {
        if (auto written = target->index_file().write(as_bytes(content)); !written)
            return written.error();
    }
    return target->publish(has_index, lasting);
}

} // namespace

TEST_CASE("files appear together, each as it was written, and nothing else is left")
{
    for (const durability lasting : {durability::none, durability::full}) {
        const scratch_directory here;
        const auto              saved = save(here, {"m1", "m2"}, true, "new", lasting);
        REQUIRE(saved);
        CHECK(here.entries() == names{"index", "m1", "m2"});
        CHECK(here.content("m2") == "m2 new");
        CHECK(here.content("index") == "new");
        CHECK(saved->removed.empty());
        CHECK(saved->left.empty());
    }
}

TEST_CASE("what is not published goes, and the folder stays")
{
    const scratch_directory here;
    {
        auto target = set_target::take(native_file_system(), here / "a/b", "index", is_member,
                                       existing_file::refuse, durability::none);
        REQUIRE(target);
        REQUIRE(target->add("m1"));
        CHECK(here.entries("a/b") == names{"index.part", "m1.part"});
        CHECK(target->index_path() == here / "a/b/index");
    }
    CHECK(here.entries("a/b").empty());
}

TEST_CASE("a new set takes the place of the old one, whatever names that has")
{
    const scratch_directory here;
    here.put("other", "kept");
    REQUIRE(save(here, {"m1", "m2"}, true, "old"));
    const auto more = save(here, {"m3", "m4", "m5"}, true);
    REQUIRE(more);
    CHECK(more->removed == names{"m1", "m2"});
    const auto same = save(here, {"m4", "m5"}, true, "newer");
    REQUIRE(same);
    CHECK(same->removed == names{"m3"});
    CHECK(here.content("m4") == "m4 newer");
    const auto one = save(here, {"m"}, false);
    REQUIRE(one);
    CHECK(one->removed == names{"index", "m4", "m5"});
    CHECK(here.entries() == names{"m", "other"});
    REQUIRE(save(here, {"m"}, false, "newest"));
    CHECK(here.content("m") == "m newest");
}

TEST_CASE("a set that may not be replaced is refused at once, and when it has come meanwhile")
{
    const scratch_directory here;
    {
        auto target = take(here, existing_file::refuse);
        REQUIRE(target);
        REQUIRE(target->add("m1"));
        here.put("m7", "another's");
        const auto published = target->publish(true, durability::none);
        REQUIRE_FALSE(published);
        CHECK(published.error().code == errc::name_taken);
        CHECK(published.error().subject() == here / "m7");
    }
    CHECK(here.entries() == names{"m7"});
    const auto refused = take(here, existing_file::refuse);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_taken);
}

TEST_CASE("a set has one saver at a time, and what a dead one left does not hinder the next")
{
    const scratch_directory here;
    here.put("index.part", "a killed saver's");
    {
        auto target = take(here);
        REQUIRE(target);
        const auto second = take(here);
        REQUIRE_FALSE(second);
        CHECK(second.error().code == errc::set_in_use);
        CHECK(second.error().subject() == here.path());
        CHECK(here.entries() == names{"index.2.part", "index.part"});
    }
    CHECK(take(here));
    CHECK(here.entries() == names{"index.part"});
}

TEST_CASE("a folder in a file's place is no file of a set")
{
    const scratch_directory here;
    here.make_folder("m2");
    const auto refused = take(here);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::not_a_regular_file);
    CHECK(set_target::take(native_file_system(), "", "index", is_member, existing_file::refuse,
                           durability::none)
              .error()
              .code == errc::invalid_file_name);
}

#if !defined(_WIN32)

TEST_CASE("a link is replaced, not what it leads to")
{
    const scratch_directory here;
    here.make_folder("blobs");
    here.put("blobs/1", "blob");
    here.put("blobs/2", "blob");
    here.put_link("m1", "blobs/1");
    here.put_link("index", "blobs/2");
    REQUIRE(save(here, {"m1"}, true));
    CHECK(here.entries() == names{"blobs", "index", "m1"});
    CHECK(here.content("blobs/1") == "blob");
    CHECK(here.content("blobs/2") == "blob");
    CHECK(here.content("m1") == "m1 new");
}

TEST_CASE("nobody reads a new set who could not read the old one")
{
    const scratch_directory here;
    REQUIRE(save(here, {"m1", "m2"}, true, "old"));
    for (const char* const name : {"m1", "m2", "index"})
        REQUIRE(::chmod((here / name).c_str(), 0600) == 0);
    const auto mode_of = [&](const char* name) {
        struct ::stat facts {};
        return ::stat((here / name).c_str(), &facts) == 0 ? facts.st_mode & 07777U : 0U;
    };
    REQUIRE(save(here, {"m1", "m2"}, true));
    CHECK(mode_of("m1") == 0600);
    CHECK(mode_of("index") == 0600);
    REQUIRE(save(here, {"m3", "m4", "m5"}, true)); // names that the old set does not have
    for (const char* const name : {"m3", "m4", "m5", "index"})
        CHECK(mode_of(name) == 0600);
    REQUIRE(save(here, {"m"}, false));
    CHECK(mode_of("m") == 0600);
}

#endif

TEST_CASE("while old files are put aside nobody finds an index, and the old ones bear names of part files")
{
    support::disk_image image;
    const auto          folder = image.put_folder(support::top_folder, "set");
    for (const char* const name : {"index", "m1", "m2"})
        image.put_file(folder, name, "old");
    support::memory_disk disk(image);
    auto                 target =
        set_target::take(disk.calls(), "/set", "index", is_member, existing_file::replace, durability::full);
    REQUIRE(target);
    for (const char* const name : {"m1", "m2"}) {
        const auto part = target->add(name);
        REQUIRE(part);
        REQUIRE((*part)->write(as_bytes("new")));
    }
    REQUIRE(target->index_file().write(as_bytes("new")));
    std::size_t without = 0;
    std::size_t aside = 0;
    const auto  look = [&] {
        const support::disk_image& now = disk.now();
        const auto* const          one = now.find("set/m1");
        const auto* const          two = now.find("set/m2");
        const auto* const          index = now.find("set/index");
        without += index == nullptr ? 1U : 0U;
        aside += now.find("set/m1.2.part") != nullptr ? 1U : 0U;
        if (one != nullptr && two != nullptr)
            CHECK(one->content() == two->content());
        if (index != nullptr) {
            REQUIRE(one != nullptr);
            REQUIRE(two != nullptr);
            CHECK(index->content() == one->content());
        }
    };
    // Looks before each call of publish(): an action sets the next one.
    std::size_t nth = disk.count() + 1;
    struct step {
        decltype(look)&       look_at;
        support::memory_disk& on;
        std::size_t&          next;
        void                  operator()()
        {
            look_at();
            on.before_nth(++next, *this);
        }
    } step{look, disk, nth};
    disk.before_nth(nth, step);
    REQUIRE(target->publish(true, durability::full));
    disk.before_nth(0, step); // never: what is looked with goes before the target does
    CHECK(without > 5);
    CHECK(aside > 3);
    CHECK(disk.now().find("set/m1.2.part") == nullptr);
    CHECK(disk.now().find("set/index")->content() == "new");
}

TEST_CASE("where there are no locks a set is saved all the same")
{
    support::disk_image image;
    const auto          folder = image.put_folder(support::top_folder, "set");
    for (const char* const name : {"index", "m1"})
        image.put_file(folder, name, "old");
    support::memory_disk disk(image);
    disk.lack_locks();
    disk.lack_exchange();
    auto target =
        set_target::take(disk.calls(), "/set", "index", is_member, existing_file::replace, durability::full);
    REQUIRE(target);
    const auto part = target->add("m1");
    REQUIRE(part);
    REQUIRE((*part)->write(as_bytes("new")));
    REQUIRE(target->publish(true, durability::full));
    CHECK(target->keeps_access());
    CHECK(disk.now().find("set/m1")->content() == "new");
}

TEST_CASE("abandoned part files of a set are found by the names of its files")
{
    const scratch_directory here;
    for (const std::string_view name :
         {"m1.part", "m1.2.part", "index.30.part", "x.part", "m1.02.part", "m1"})
        here.put(name, "x");
    const auto removed = stet::detail::remove_abandoned_set(here.path(), is_member, {.least_age = 0});
    REQUIRE(removed);
    CHECK(removed->removed.size() == 3);
    CHECK(here.entries() == names{"m1", "m1.02.part", "x.part"});
}
