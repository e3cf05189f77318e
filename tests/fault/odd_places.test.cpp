// SPDX-License-Identifier: MIT
// Pipes, sockets, folders and links where a file is wanted; names as long as they may be; the last block and the last
// inode of a disk. As root, where the test is, and as an ordinary user.
#include <stet/save/save.hpp>

#if defined(__linux__)

#include "support/child_process.hpp"
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/ordinary_user.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_disk.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/read/mapped_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

using stet::durability;
using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;
using support::failure;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::scratch_directory;
using support::small_disk;

namespace {

constexpr std::array<std::string_view, 6> odd_kinds{
    "pipe", "socket", "folder", "link to nothing", "link to pipe", "link to itself"};

/// Puts something that is no regular file under a name.
bool put_odd(const scratch_directory& here, std::string_view kind, std::string_view name)
{
    if (kind == "pipe")
        return ::mkfifo((here / name).c_str(), 0666) == 0;
    if (kind == "folder")
        here.make_folder(name);
    else if (kind == "link to nothing")
        here.put_link(name, "nothing");
    else if (kind == "link to itself")
        here.put_link(name, here / name);
    else if (kind == "link to pipe")
        here.put_link(name, "../pipe"); // every name used is one level below
    if (kind != "socket")
        return here.has(name);
    sockaddr_un       address{};
    const std::string path = here / name;
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return false;
    path.copy(address.sun_path, path.size());
    const void* const generic = &address;
    const int         socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool        is_bound = ::bind(socket, static_cast<const sockaddr*>(generic), sizeof address) == 0;
    ::close(socket);
    return is_bound;
}

/// What became of a body in this process's rights and in those of an ordinary user: the numbers it returned.
template <class Body>
std::array<int, 2> as_either_user(Body body)
{
    return {support::in_child(body),
            support::in_child([&] { return support::is_ordinary_user() ? body() : 126; })};
}

constexpr std::array<int, 2> both_fine{0, 0};

/// A folder that any user may write into.
void open_to_all(const scratch_directory& here, std::string_view name)
{
    here.make_folder(name);
    REQUIRE(::chmod((here / name).c_str(), 0777) == 0);
    REQUIRE(::chmod(here.path().c_str(), 0777) == 0);
}

stet::save_options quickly()
{
    return {.durability = durability::none};
}

} // namespace

TEST_CASE("whatever bears a number, or holds it as a part file does, is passed over and stays")
{
    std::size_t saves = 0;
    for (const std::string_view kind : odd_kinds) {
        for (const std::string_view name : {"out/M_00001_.safetensors", "out/M_00001_.part"}) {
            const scratch_directory here;
            open_to_all(here, "out");
            REQUIRE(put_odd(here, "pipe", "pipe"));
            REQUIRE(put_odd(here, kind, name));
            const std::string root = here / "out";
            const auto        before = here.entries("out");
            const auto        outcomes = as_either_user([&] {
                const sample_checkpoint sample;
                const auto by_number = sample.save(numbered{.root = root, .prefix = "M"}, quickly());
                const auto by_comfyui =
                    sample.save(stet::comfyui::numbered{.output_dir = root, .prefix = "M"}, quickly());
                if (!by_number || !by_comfyui)
                    return 1;
                const bool are_next = by_number->number == 2 && by_comfyui->number == 3;
                const bool are_whole = sample.is_in(here.content("out/M_00002_.safetensors")) &&
                                       sample.is_in(here.content("out/M_00003_.safetensors"));
                here.remove("out/M_00002_.safetensors");
                here.remove("out/M_00003_.safetensors");
                return are_next && are_whole ? 0 : 2;
            });
            CAPTURE(kind, name);
            CHECK(outcomes == both_fine);
            CHECK(here.entries("out") == before);
            saves += 4;
        }
    }
    std::printf("%zu numbered saves beside what is no file\n", saves);
}

TEST_CASE("an exact save passes over part names that are taken and is refused a place that is no file's")
{
    std::size_t saves = 0;
    for (const std::string_view kind : odd_kinds) {
        const scratch_directory here;
        open_to_all(here, "out");
        REQUIRE(put_odd(here, "pipe", "pipe"));
        REQUIRE(put_odd(here, kind, "out/new.part"));
        REQUIRE(put_odd(here, kind, "out/new.2.part"));
        REQUIRE(put_odd(here, kind, "out/taken"));
        const std::string new_path = here / "out/new";
        const std::string taken_path = here / "out/taken";
        const std::string below_path = here / "out/taken/new";
        const auto        before = here.entries("out");
        const bool        is_new = kind == "link to nothing"; // the file the link means is created
        const auto        outcomes = as_either_user([&] {
            const sample_checkpoint sample;
            if (!sample.save(exact_path{new_path}, quickly()) || !sample.is_in(here.content("out/new")))
                return 1;
            here.remove("out/new");
            for (const existing_file existing : {existing_file::refuse, existing_file::replace}) {
                const auto saved = sample.save(exact_path{taken_path, existing}, quickly());
                here.remove("out/nothing");
                if (is_new ? !saved
                                  : failure(saved) !=
                                 (kind == "link to itself" ? "too_many_links" : "not_a_regular_file"))
                    return 2;
            }
            const auto below = sample.save(exact_path{below_path}, quickly());
            here.remove("out/taken/new");
            const std::string_view wanted = kind == "folder"           ? "none"
                                                   : kind == "link to itself" ? "too_many_links"
                                                                              : "folder_missing";
            // Another user's folder may refuse a file.
            return failure(below) == wanted || (kind == "folder" && failure(below) == "permission_denied")
                              ? 0
                              : 3;
        });
        CAPTURE(kind);
        CHECK(outcomes == both_fine);
        CHECK(here.entries("out") == before);
        saves += 8;
    }
    std::printf("%zu exact saves to what is no file\n", saves);
}

TEST_CASE("a folder of the path that is none is an error that waits for nothing")
{
    std::size_t saves = 0;
    for (const std::string_view kind : odd_kinds) {
        if (kind == "folder")
            continue;
        const scratch_directory here;
        open_to_all(here, "out");
        REQUIRE(put_odd(here, "pipe", "pipe"));
        REQUIRE(put_odd(here, kind, "out/odd"));
        const std::string root = here / "out";
        const std::string odd_root = here / "out/odd";
        const auto        before = here.entries("out");
        const auto        outcomes = as_either_user([&] {
            const sample_checkpoint sample;
            const std::string_view  wanted = kind == "link to itself" ? "too_many_links" : "folder_missing";
            const auto              below = sample.save(numbered{.root = root, .prefix = "odd/M"}, quickly());
            const auto              in = sample.save(numbered{.root = odd_root, .prefix = "M"}, quickly());
            return failure(below) == wanted && failure(in) != "none" ? 0 : 1;
        });
        CAPTURE(kind);
        CHECK(outcomes == both_fine);
        CHECK(here.entries("out") == before);
        saves += 4;
    }
    std::printf("%zu saves below what is no folder\n", saves);
}

TEST_CASE("reading what is no file is an error that waits for nothing")
{
    std::size_t reads = 0;
    for (const std::string_view kind : odd_kinds) {
        const scratch_directory here;
        open_to_all(here, "in");
        REQUIRE(put_odd(here, "pipe", "pipe"));
        REQUIRE(put_odd(here, kind, "in/odd"));
        const auto outcomes = as_either_user([&] {
            const auto file = stet::file_source::open((here / "in/odd").c_str());
            const auto mapping = stet::mapped_file::open((here / "in/odd").c_str());
            const auto wanted = kind == "link to nothing"  ? "file_missing"
                                : kind == "link to itself" ? "too_many_links"
                                                           : "not_a_regular_file";
            return failure(file) == wanted && failure(mapping) == wanted ? 0 : 1;
        });
        CAPTURE(kind);
        CHECK(outcomes == both_fine);
        reads += 4;
    }
    std::printf("%zu reads of what is no file\n", reads);
}

TEST_CASE("a name may be as long as the file system takes, whatever its characters")
{
    constexpr std::array<std::string_view, 4> characters{"x", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9F\x92\xBE"};
    const sample_checkpoint                   sample(1, 100);
    std::size_t                               saves = 0;
    for (const std::string_view character : characters) {
        for (std::size_t length = 215; length <= 262; ++length) {
            std::string name(length % character.size(), 'a');
            while (name.size() < length)
                name += character;
            const scratch_directory here(support::quick_place());
            const std::string       path = here / name;
            const std::string_view  wanted = length > 255 ? "file_name_too_long" : "none";
            CAPTURE(length, character);
            // Twice, the second time beside what a killed saver may have left.
            for (const bool is_first : {true, false}) {
                if (!is_first) {
                    faulty_file_system keeps_parts;
                    keeps_parts.fail_each(file_call::write, EIO);
                    keeps_parts.fail_each(file_call::remove, EIO);
                    const auto failed = sample.save(exact_path{path}, {.durability = durability::none,
                                                                       .file_system = &keeps_parts.calls()});
                    CHECK(failure(failed) == (length > 255 ? wanted : "io_failure"));
                }
                const auto before = here.entries();
                CHECK(failure(sample.save(exact_path{path}, quickly())) == wanted);
                CHECK(here.entries().size() == before.size() + (length > 255 ? 0U : 1U));
                if (length <= 255)
                    CHECK(sample.is_in(here.content(name)));
                for (const std::string& entry : here.entries())
                    CHECK(stet::detail::is_utf8(entry)); // no character was cut
                here.remove(name);
            }
            const std::string numbered_too_long = length + 19 > 255 ? "file_name_too_long" : "none";
            const auto by_number = sample.save(numbered{.root = here.path(), .prefix = name}, quickly());
            CHECK(failure(by_number) == numbered_too_long);
            saves += 5;
        }
    }
    std::printf("%zu saves under names of 215 to 262 bytes\n", saves);
}

TEST_CASE("a folder may lie deeper than any path reaches")
{
    const scratch_directory here(support::quick_place());
    const sample_checkpoint sample(1, 100);
    std::size_t             saves = 0;
    for (const std::size_t depth : {10U, 20U, 21U, 30U, 100U}) {
        std::string prefix;
        for (std::size_t i = 0; i < depth; ++i)
            prefix += std::string(200, 'd') + '/';
        const auto saved = sample.save(numbered{.root = here.path(), .prefix = prefix + 'M'}, quickly());
        CAPTURE(depth, failure(saved));
        CHECK(saved);
        const std::string path = here / (prefix + "E");
        CHECK(failure(sample.save(exact_path{path}, quickly())) ==
              (path.size() >= 4096 ? "file_name_too_long" : "none"));
        saves += 2;
    }
    std::printf("%zu saves up to 100 folders and 20,000 bytes deep\n", saves);
}

TEST_CASE("a part file that somebody takes away ends the save and harms no file")
{
    std::size_t moments = 0;
    std::size_t failures = 0;
    for (const bool exchanges : {true, false}) {
        for (const std::string_view name : {"M", "new", "old"}) {
            for (std::size_t nth = 1;; ++nth) {
                const scratch_directory here(support::quick_place());
                const sample_checkpoint old(1, 100);
                const sample_checkpoint fresh(2, 100);
                const std::string       old_path = here / "old";
                const std::string       path = here / name;
                REQUIRE(old.save(exact_path{old_path}, quickly()));
                faulty_file_system faulty;
                faulty.skip_syncs();
                if (!exchanges)
                    faulty.fail_each(file_call::exchange, ENOTSUP);
                auto take_away = [&] {
                    for (const std::string& entry : here.entries()) {
                        if (entry.ends_with(stet::part_extension))
                            here.remove(entry);
                    }
                };
                faulty.before_nth(nth, take_away);
                const stet::save_options how{.file_system = &faulty.calls()};
                const auto               saved = name == "M"
                                                     ? fresh.save(numbered{.root = here.path(), .prefix = name}, how)
                                                     : fresh.save(exact_path{path, existing_file::replace}, how);
                if (faulty.count() < nth)
                    break;
                ++moments;
                failures += saved ? 0U : 1U;
                CAPTURE(exchanges, name, nth, failure(saved));
                const std::string saved_as = name == "M" ? "M_00001_.safetensors" : std::string(name);
                const bool        is_new = fresh.is_in(here.content(saved_as));
                const bool        is_old = old.is_in(here.content("old"));
                CHECK(is_new == static_cast<bool>(saved));
                CHECK((is_old || (is_new && name == "old")));
                CHECK(here.entries().size() == (is_old && is_new ? 2U : 1U));
            }
        }
    }
    std::printf("%zu part files taken away, %zu saves failed for it\n", moments, failures);
    CHECK(moments > 60);
    CHECK(failures > 10);
}

TEST_CASE("with any number of inodes left a save succeeds or says that the disk is full, and leaves nothing")
{
    std::size_t saves = 0;
    std::size_t full = 0;
    for (unsigned inodes = 3; inodes <= 9; ++inodes) {
        const std::string options = "size=1m,nr_inodes=" + std::to_string(inodes);
        const small_disk  disk(options.c_str());
        if (!disk)
            return;
        REQUIRE(::chmod(disk.path().c_str(), 0777) == 0);
        const std::string       path = disk / "old";
        const sample_checkpoint sample(1, 100);
        REQUIRE(sample.save(exact_path{path}));
        const auto before = disk->files();
        for (const std::string_view prefix : {"M", "a/M", "a/b/c/M", ""}) {
            for (const durability lasting : {durability::full, durability::none}) {
                const stet::save_options how{.durability = lasting};
                const auto               saved = prefix.empty()
                                                     ? sample.save(exact_path{path, existing_file::replace}, how)
                                                     : sample.save(numbered{.root = disk.path(), .prefix = prefix}, how);
                CAPTURE(inodes, prefix, failure(saved));
                CHECK((saved || saved.error().code == errc::disk_full));
                CHECK(disk->files().size() == before.size() + (saved && !prefix.empty() ? 1U : 0U));
                CHECK(sample.is_in(disk->content("disk/old")));
                disk->remove("disk/a");
                disk->remove("disk/M_00001_.safetensors");
                ++saves;
                full += saved ? 0U : 1U;
            }
        }
    }
    std::printf("%zu saves on disks of 3 to 9 inodes, %zu found them full\n", saves, full);
    CHECK(full > 5);
    CHECK(saves - full > 10);
}

TEST_CASE("with any number of blocks left a save succeeds or says that the disk is full, and leaves nothing")
{
    std::size_t saves = 0;
    std::size_t full = 0;
    for (unsigned blocks = 3; blocks <= 16; ++blocks) {
        const std::string options = "size=" + std::to_string(blocks * 4) + "k";
        const small_disk  disk(options.c_str());
        if (!disk)
            return;
        const std::string       path = disk / "old";
        const sample_checkpoint old(1, 4000);
        const sample_checkpoint fresh(2, 20'000);
        REQUIRE(old.save(exact_path{path}));
        for (const bool sets_aside : {true, false}) {
            for (const bool is_numbered : {true, false}) {
                faulty_file_system faulty;
                if (!sets_aside)
                    faulty.fail_each(file_call::preallocate, ENOTSUP);
                std::array<std::byte, 3000> staging{};
                const stet::save_options    how{.staging = staging, .file_system = &faulty.calls()};
                const auto saved = is_numbered ? fresh.save(numbered{.root = disk.path(), .prefix = "M"}, how)
                                               : fresh.save(exact_path{path, existing_file::replace}, how);
                CAPTURE(blocks, sets_aside, is_numbered, failure(saved));
                CHECK((saved || saved.error().code == errc::disk_full));
                CHECK(disk->entries("disk").size() == (saved && is_numbered ? 2U : 1U));
                const bool is_replaced = saved && !is_numbered;
                CHECK((is_replaced ? fresh : old).is_in(disk->content("disk/old")));
                disk->remove("disk/M_00001_.safetensors");
                if (is_replaced) {
                    disk->remove("disk/old");
                    REQUIRE(old.save(exact_path{path}));
                }
                ++saves;
                full += saved ? 0U : 1U;
            }
        }
    }
    std::printf("%zu saves on disks of 3 to 16 blocks, %zu found them full\n", saves, full);
    CHECK(full > 10);
    CHECK(saves - full > 10);
}

#endif
