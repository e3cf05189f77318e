// SPDX-License-Identifier: MIT
// Who may read and write a file that replaces another, at every moment.
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/faulty_file_system.hpp"
#include "support/ordinary_user.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/xattr.h>
#endif

using stet::durability;
using stet::exact_path;
using stet::existing_file;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

constexpr std::array<durability, 2> both_durabilities{durability::full, durability::none};

constexpr unsigned ordinary_user_id = 65'534;
constexpr unsigned other_group_id = 54'321;

struct stat status_of(const std::string& path)
{
    struct stat status {};
    ::lstat(path.c_str(), &status);
    return status;
}

mode_t mode_of(const std::string& path)
{
    return status_of(path).st_mode & 07777U;
}

bool is_root()
{
    if (::geteuid() == 0)
        return true;
    std::printf("SKIPPED, another user's file needs root\n");
    std::fflush(stdout);
    return false;
}

/// Puts a file of some owner into the folder.
void put_owned(const scratch_directory& here, std::string_view name, unsigned owner, unsigned group,
               mode_t mode)
{
    here.put(name, "old");
    REQUIRE(::chown((here / name).c_str(), owner, group) == 0);
    REQUIRE(::chmod((here / name).c_str(), mode) == 0);
}

/// Replaces "shared/old" as an ordinary user; 0 when that went well.
int replaced_by_ordinary_user(const scratch_directory& here, durability lasting, bool keeps_access)
{
    return support::in_child([&] {
        if (!support::is_ordinary_user())
            return 10;
        const std::string path = here / "shared/old";
        const auto        saved =
            sample_checkpoint().save(exact_path{path, existing_file::replace}, {.durability = lasting});
        if (!saved)
            return 1;
        static_cast<void>(keeps_access);
        return saved->keeps_access == keeps_access ? 0 : 2;
    });
}

} // namespace

TEST_CASE("the new content is never readable by more than may read the old file")
{
    const mode_t before = ::umask(0);
    for (const mode_t mode : {0600U, 0640U, 0644U, 0400U, 0004U}) {
        for (const durability lasting : both_durabilities) {
            for (std::size_t nth = 1;; ++nth) {
                const scratch_directory here(support::quick_place());
                here.put("old", "old");
                REQUIRE(::chmod((here / "old").c_str(), mode) == 0);
                faulty_file_system faulty;
                faulty.skip_syncs();
                bool       was_asked = false;
                mode_t     wider = 0;
                const auto look = [&] {
                    was_asked = true;
                    for (const std::string& name : here.entries())
                        wider |= mode_of(here / name) & 077U & ~mode;
                };
                faulty.before_nth(nth, look);
                const std::string path = here / "old";
                REQUIRE(sample_checkpoint().save(exact_path{path, existing_file::replace},
                                                 {.durability = lasting, .file_system = &faulty.calls()}));
                CAPTURE(mode, nth);
                CHECK(wider == 0);
                CHECK(mode_of(path) == mode);
                if (!was_asked)
                    break;
            }
        }
    }
    ::umask(before);
}

TEST_CASE("a replaced file keeps its owner and group where the system lets one")
{
    if (!is_root())
        return;
    for (const durability lasting : both_durabilities) {
        const scratch_directory here;
        put_owned(here, "old", ordinary_user_id, other_group_id, 06750);
        const std::string path = here / "old";
        const auto        saved =
            sample_checkpoint().save(exact_path{path, existing_file::replace}, {.durability = lasting});
        REQUIRE(saved);
        CHECK(saved->keeps_access);
        CHECK(status_of(path).st_uid == ordinary_user_id);
        CHECK(status_of(path).st_gid == other_group_id);
        CHECK(mode_of(path) == 06750);
    }
}

TEST_CASE("where owner or group cannot be kept, what would widen who may read is dropped")
{
    if (!is_root())
        return;
    struct row {
        mode_t   old_mode;
        unsigned old_owner;
        unsigned old_group;
        mode_t   new_mode;
    };
    for (const row& given : {row{0640, ordinary_user_id, other_group_id, 0600},
                             row{0644, ordinary_user_id, other_group_id, 0644},
                             row{0664, ordinary_user_id, other_group_id, 0644},
                             row{0604, ordinary_user_id, other_group_id, 0600},
                             row{0646, ordinary_user_id, other_group_id, 0644}, row{06755, 0, 0, 0755},
                             row{04751, 0, ordinary_user_id, 0751}, row{0640, 0, ordinary_user_id, 0640}})
    {
        for (const durability lasting : both_durabilities) {
            const scratch_directory here;
            here.make_folder("shared");
            REQUIRE(::chmod((here / "shared").c_str(), 0777) == 0);
            put_owned(here, "shared/old", given.old_owner, given.old_group, given.old_mode);
            CAPTURE(given.old_mode, given.old_owner, given.old_group);
            CHECK(replaced_by_ordinary_user(here, lasting, false) == 0);
            CHECK(status_of(here / "shared/old").st_uid == ordinary_user_id);
            CHECK(status_of(here / "shared/old").st_gid == ordinary_user_id);
            CHECK(mode_of(here / "shared/old") == given.new_mode);
        }
    }
}

TEST_CASE("one's own file is replaced with all its access")
{
    if (!is_root())
        return;
    for (const mode_t mode : {0600U, 0664U, 0444U}) {
        const scratch_directory here;
        here.make_folder("shared");
        REQUIRE(::chmod((here / "shared").c_str(), 0777) == 0);
        put_owned(here, "shared/old", ordinary_user_id, ordinary_user_id, mode);
        CHECK(replaced_by_ordinary_user(here, durability::full, true) == 0);
        CHECK(mode_of(here / "shared/old") == mode);
    }
}

#if defined(__linux__)

namespace {

/// An access list as the kernel takes it: one entry for each class, and one for a named user.
struct access_list {
    struct entry {
        std::uint16_t tag;
        std::uint16_t allowed;
        std::uint32_t id;
    };
    std::uint32_t        version = 2;
    std::array<entry, 5> entries{};
};

constexpr std::uint32_t no_id = 0xFFFFFFFF;
constexpr unsigned      named_user_id = 12'345;

/// Owner rw, the named user `named`, the group `group`, others nothing.
access_list list_of(std::uint16_t named, std::uint16_t group)
{
    const auto mask = static_cast<std::uint16_t>(named | group);
    return {.entries = {{{0x01, 6, no_id},
                         {0x02, named, named_user_id},
                         {0x04, group, no_id},
                         {0x10, mask, no_id},
                         {0x20, 0, no_id}}}};
}

bool put_list(const std::string& path, const char* kind, const access_list& list)
{
    return ::setxattr(path.c_str(), kind, &list, sizeof list, 0) == 0;
}

/// The bytes of a file's list; none where it has none.
std::string list_at(const std::string& path)
{
    char       bytes[256];
    const auto size = ::getxattr(path.c_str(), "system.posix_acl_access", bytes, sizeof bytes);
    return size < 0 ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

/// A place whose files have access lists.
bool has_lists(const scratch_directory& here)
{
    here.put("probe");
    const bool has = put_list(here / "probe", "system.posix_acl_access", list_of(4, 4));
    here.remove("probe");
    if (!has) {
        std::printf("SKIPPED, no access lists here\n");
        std::fflush(stdout);
    }
    return has;
}

} // namespace

TEST_CASE("a replaced file keeps its access list")
{
    for (const durability lasting : both_durabilities) {
        const scratch_directory here(support::quick_place());
        if (!has_lists(here))
            return;
        here.put("old", "old");
        const std::string path = here / "old";
        // The mode's group bits are then those of the mask: as a mode alone 0660 would let the group read.
        REQUIRE(put_list(path, "system.posix_acl_access", list_of(6, 0)));
        REQUIRE(mode_of(path) == 0660);
        const std::string before = list_at(path);
        const auto        saved =
            sample_checkpoint().save(exact_path{path, existing_file::replace}, {.durability = lasting});
        REQUIRE(saved);
        CHECK(saved->keeps_access);
        CHECK(list_at(path) == before);
        CHECK(mode_of(path) == 0660);
    }
}

TEST_CASE("a file without an access list does not get one from its folder when it is replaced")
{
    const scratch_directory here(support::quick_place());
    if (!has_lists(here))
        return;
    here.put("old", "old");
    const std::string path = here / "old";
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    REQUIRE(put_list(here.path(), "system.posix_acl_default", list_of(6, 6)));
    REQUIRE(sample_checkpoint().save(exact_path{path, existing_file::replace}));
    CHECK(list_at(path).empty());
    CHECK(mode_of(path) == 0640);
}

TEST_CASE("a file with an access list whose group cannot be kept is its owner's alone")
{
    const scratch_directory here(support::quick_place());
    if (!is_root() || !has_lists(here))
        return;
    here.make_folder("shared");
    REQUIRE(::chmod((here / "shared").c_str(), 0777) == 0);
    put_owned(here, "shared/old", 0, 0, 0600);
    REQUIRE(put_list(here / "shared/old", "system.posix_acl_access", list_of(6, 4)));
    CHECK(replaced_by_ordinary_user(here, durability::full, false) == 0);
    CHECK(list_at(here / "shared/old").empty());
    CHECK(mode_of(here / "shared/old") == 0600);
}

#endif

#endif
