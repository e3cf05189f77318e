// SPDX-License-Identifier: MIT
// What killed savers leave is removed, while others save and others remove.
#include <stet/file/abandoned_parts.hpp>
#include <stet/file/exact_target.hpp>
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/open_descriptors.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"
#include "support/shared_count.hpp"
#include "support/stamped_checkpoint.hpp"

#include <stet/comfyui/comfyui_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using stet::durability;
using stet::existing_file;
using stet::remove_abandoned_exact;
using stet::remove_abandoned_numbered;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::scratch_directory;
using support::shared_count;
using support::stamped_checkpoint;

namespace {

using names = std::vector<std::string>;

stet::abandoned_options whatever_its_age()
{
    return {.least_age = 0};
}

/// Saves in a child that is killed before its first call of one kind.
template <class Target>
int killed_before(file_call kind, const Target& where)
{
    return support::in_child([&] {
        const sample_checkpoint sample;
        faulty_file_system      faulty;
        const auto              end = [] { ::raise(SIGKILL); };
        faulty.before(kind, end);
        return sample.save(where, {.durability = durability::full, .file_system = &faulty.calls()}) ? 0 : 1;
    });
}

} // namespace

TEST_CASE("what a killed saver left is removed, and the next save takes its number")
{
    for (const file_call kind :
         {file_call::lock_file, file_call::preallocate, file_call::write, file_call::move})
    {
        const scratch_directory here;
        CAPTURE(support::file_call_names[static_cast<std::size_t>(kind)]);
        here.put("M_00006_.safetensors", "an earlier one");
        const stet::numbered where{.root = here.path(), .prefix = "M"};
        REQUIRE(killed_before(kind, where) == -SIGKILL);
        CHECK(here.entries() == names{"M_00006_.safetensors", "M_00007_.part"});

        const auto found = remove_abandoned_numbered(here.path(), {}, whatever_its_age());
        REQUIRE(found);
        CHECK(found->removed == names{"M_00007_.part"});
        CHECK(found->left.empty());
        const sample_checkpoint next(2);
        REQUIRE(next.save(where, {.durability = durability::none}));
        CHECK(next.is_in(here.content("M_00007_.safetensors")));
        CHECK(here.entries() == names{"M_00006_.safetensors", "M_00007_.safetensors"});
    }
}

TEST_CASE("what a killed saver left beside an exact path is removed, the file itself never")
{
    for (const file_call kind : {file_call::write, file_call::exchange, file_call::remove}) {
        const scratch_directory here;
        here.put("m", "the old file");
        const std::string path = here / "m";
        CAPTURE(support::file_call_names[static_cast<std::size_t>(kind)]);
        REQUIRE(killed_before(kind, stet::exact_path{path, existing_file::replace}) == -SIGKILL);
        CHECK(here.entries() == names{"m", "m.part"});
        const std::string visible = here.content("m");
        const auto        found = remove_abandoned_exact(path, whatever_its_age());
        REQUIRE(found);
        CHECK(found->removed == names{"m.part"});
        CHECK(here.entries() == names{"m"});
        CHECK(here.content("m") == visible);
        CHECK((visible == "the old file" || sample_checkpoint().is_in(visible)));
    }
}

TEST_CASE("at every call of a save its part file is taken for live, in this process and in others")
{
    const sample_checkpoint sample;
    std::size_t             looks = 0;
    for (const bool is_child : {false, true}) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory    here;
            faulty_file_system         faulty;
            std::array<std::byte, 300> staging{};
            bool                       was_asked = false;
            std::size_t                removed = 0;
            const auto                 clean = [&] {
                was_asked = true;
                const auto count = [&] {
                    const auto found = remove_abandoned_numbered(here.path(), {}, whatever_its_age());
                    return found ? found->removed.size() : 100;
                };
                removed = is_child ? static_cast<std::size_t>(
                                         support::in_child([&] { return static_cast<int>(count()); }))
                                                   : count();
            };
            faulty.before_nth(nth, clean);
            const auto saved = sample.save(stet::numbered{.root = here.path(), .prefix = "M"},
                                           {.staging = staging, .file_system = &faulty.calls()});
            if (!was_asked)
                break;
            ++looks;
            CAPTURE(nth, is_child);
            // Between its making and its lock it may go; the saver then makes another.
            REQUIRE(saved);
            CHECK(saved->number == 1);
            CHECK(sample.is_in(here.content("M_00001_.safetensors")));
            CHECK(here.entries() == names{"M_00001_.safetensors"});
            CHECK(removed <= 1);
            if (removed == 1)
                CHECK(faulty.count(file_call::create_file) == 2);
        }
    }
    std::printf("%zu looks for abandoned files during a save\n", looks);
    CHECK(looks > 40);
}

namespace {

struct crowd {
    unsigned         savers = 4;
    unsigned         cleaners = 4;
    unsigned         saves = 60; ///< of each saver
    bool             are_threads = false;
    bool             are_exact = false; ///< all savers replace one file
    stet::durability durability = stet::durability::none;
    bool are_killed = false; ///< every other saver is started anew for each save, and killed in the middle
};

int save_all(const std::string& root, unsigned writer, const crowd& how)
{
    for (unsigned turn = 0; turn < how.saves; ++turn) {
        stamped_checkpoint       sample(writer, turn, 64);
        const stet::save_options options{.durability = how.durability};
        const std::string        path = root + "/m.safetensors";
        const bool               is_saved =
            how.are_exact ? bool(sample.save(stet::exact_path{path, existing_file::replace}, options))
                          : writer % 2 == 0
                              ? bool(sample.save(stet::comfyui::numbered{.output_dir = root, .prefix = "M"}, options))
                              : bool(sample.save(stet::numbered{.root = root, .prefix = "M"}, options));
        if (!is_saved)
            return 1;
    }
    return 0;
}

/// Cleans until the savers are done. Returns 0, or 1 where it could not.
int clean_all(const std::string& root, const crowd& how, const std::atomic<std::size_t>& are_done,
              std::atomic<std::size_t>& removed)
{
    while (are_done == 0) {
        const auto found = how.are_exact ? remove_abandoned_exact(root + "/m.safetensors", whatever_its_age())
                                         : remove_abandoned_numbered(root, {}, whatever_its_age());
        if (!found)
            return 1;
        removed += found->removed.size();
        for (const stet::left_part& left : found->left) {
            if (left.why != stet::left_because::in_use)
                return 2;
        }
    }
    return 0;
}

/// Starts savers that are killed, one after the other, at call after call.
int save_killed(const std::string& root, const crowd& how)
{
    for (unsigned turn = 0; turn < how.saves; ++turn) {
        const int outcome = support::in_child([&] {
            const sample_checkpoint sample(turn);
            faulty_file_system      faulty;
            const auto              end = [] { ::raise(SIGKILL); };
            faulty.before(turn % 2 == 0 ? file_call::write : file_call::lock_file, end);
            return sample.save(stet::numbered{.root = root, .prefix = "M"},
                               {.durability = durability::none, .file_system = &faulty.calls()})
                       ? 0
                       : 1;
        });
        if (outcome != -SIGKILL)
            return 1;
    }
    return 0;
}

void run_threads(const std::string& root, const crowd& how, const shared_count& done,
                 const shared_count& removed)
{
    std::vector<int>         outcomes(how.savers + how.cleaners, -1);
    std::vector<std::thread> savers;
    std::vector<std::thread> cleaners;
    for (unsigned one = 0; one < how.savers; ++one)
        savers.emplace_back([&, one] { outcomes[one] = save_all(root, one, how); });
    for (unsigned one = 0; one < how.cleaners; ++one)
        cleaners.emplace_back(
            [&, one] { outcomes[how.savers + one] = clean_all(root, how, *done, *removed); });
    for (std::thread& thread : savers)
        thread.join();
    *done = 1;
    for (std::thread& thread : cleaners)
        thread.join();
    CHECK(outcomes == std::vector<int>(how.savers + how.cleaners, 0));
}

void run_processes(const std::string& root, const crowd& how, const shared_count& done,
                   const shared_count& removed)
{
    std::vector<pid_t> savers;
    std::vector<pid_t> cleaners;
    for (unsigned one = 0; one < how.cleaners; ++one)
        cleaners.push_back(support::start_child([&] { return clean_all(root, how, *done, *removed); }));
    for (unsigned one = 0; one < how.savers; ++one)
        savers.push_back(support::start_child([&] {
            return how.are_killed && one % 2 == 0 ? save_killed(root, how) : save_all(root, one, how);
        }));
    for (const pid_t child : savers)
        CHECK(support::wait_for(child) == 0);
    *done = 1;
    for (const pid_t child : cleaners)
        CHECK(support::wait_for(child) == 0);
}

/// Lets savers and cleaners at one folder, and looks at everything that is there then.
void save_in_crowd(const crowd& how)
{
    CAPTURE(how.are_threads, how.are_exact, how.are_killed);
    // Where a sync takes its time another saver comes between.
    const scratch_directory here(how.durability == durability::full ? support::temporary_place()
                                                                    : support::quick_place());
    const shared_count      done;
    const shared_count      removed;
    if (how.are_threads)
        run_threads(here.path(), how, done, removed);
    else
        run_processes(here.path(), how, done, removed);

    const auto last = how.are_exact ? remove_abandoned_exact(here / "m.safetensors", whatever_its_age())
                                    : remove_abandoned_numbered(here.path(), {}, whatever_its_age());
    REQUIRE(last);
    CHECK(last->left.empty());
    std::set<std::pair<unsigned, unsigned>> seen;
    for (const std::string& name : here.entries()) {
        const auto mark = support::read_stamp(here / name);
        CAPTURE(name);
        if (!mark) {
            FAIL_CHECK("the file is not what anybody wrote");
            continue;
        }
        CHECK(seen.emplace(mark->writer, mark->turn).second);
        if (!how.are_exact)
            CHECK(name == stet::numbered_name("M", mark->number, stet::checkpoint_extension));
    }
    const unsigned living = how.are_killed ? how.savers / 2 : how.savers;
    CHECK(seen.size() == (how.are_exact ? 1U : std::size_t{living} * how.saves));
    std::printf("%zu files of %u %s, %zu part files removed by %u cleaners meanwhile\n", seen.size(), living,
                how.are_threads ? "threads" : "processes", (*removed).load() + last->removed.size(),
                how.cleaners);
}

} // namespace

TEST_CASE("a crowd of savers among cleaners that wait for no age loses nothing", "[thread][states]")
{
    for (const bool are_exact : {false, true}) {
        save_in_crowd({.are_exact = are_exact});
        save_in_crowd({.are_threads = true, .are_exact = are_exact});
        save_in_crowd({.saves = 100, .are_exact = are_exact, .durability = durability::full});
        save_in_crowd(
            {.saves = 100, .are_threads = true, .are_exact = are_exact, .durability = durability::full});
    }
    save_in_crowd({.are_killed = true});
}

TEST_CASE("each call of a search that fails is told, and nothing live or foreign is removed")
{
    std::size_t         faults = 0;
    std::set<file_call> kinds;
    for (const int os_code : {EIO, EACCES, ENOENT, ENOTSUP, EBUSY, EINTR}) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            here.make_folder("in");
            here.put("in/M_00001_.safetensors", "whole");
            here.put("in/M_00002_.part", "abandoned");
            here.put("in/N_00002_.part", "abandoned");
            here.put("in/model.safetensors.part", "another's");
            here.put_link("in/M_00004_.part", "M_00001_.safetensors");
            auto live = stet::numbered_target::take(stet::native_file_system(), here.path(),
                                                    {.folder = "in", .stem = "M"}, durability::none);
            REQUIRE(live);
            const auto         before = here.files();
            faulty_file_system faulty;
            faulty.fail(nth, os_code);
            const std::size_t open_before = support::open_descriptors();
            const auto        found = remove_abandoned_numbered(here.path(), "in",
                                                                {.least_age = 0, .file_system = &faulty.calls()});
            CAPTURE(os_code, nth);
            CHECK(support::open_descriptors() == open_before);
            auto       after = here.files();
            const auto is_gone = [&](std::string_view name) { return after.count(std::string(name)) == 0; };
            for (const auto& [name, content] : before) {
                if (name != "in/M_00002_.part" && name != "in/N_00002_.part")
                    CHECK(after[name] == content);
            }
            if (found) {
                CHECK(found->removed.size() ==
                      std::size_t{is_gone("in/M_00002_.part")} + std::size_t{is_gone("in/N_00002_.part")});
                for (const stet::left_part& left : found->left)
                    CHECK((left.why == stet::left_because::in_use || left.os_code == os_code));
                // Each of the three is told, unless a call says that it is not there; a link only if it cannot be
                // looked at.
                const std::size_t told = found->left.size() + found->removed.size();
                CHECK((told == 3 || told == (os_code == ENOENT ? 2 : 4)));
            } else {
                CHECK(after == before);
                CHECK(found.error().os_code == os_code);
                CHECK(found.error().subject().starts_with(here.path()));
            }
            CHECK(live->publish(durability::none));
            if (!faulty.failed()) {
                REQUIRE(found);
                CHECK(found->removed.size() == 2);
                break;
            }
            ++faults;
            kinds.insert(*faulty.failed());
        }
    }
    std::printf("%zu faults injected into searches for abandoned files\n", faults);
    CHECK(faults > 100);
    const std::set<file_call> made{file_call::open_folder, file_call::list,        file_call::inspect,
                                   file_call::lock_file,   file_call::unlock_file, file_call::close,
                                   file_call::remove};
    CHECK(kinds == made);
}

#endif
