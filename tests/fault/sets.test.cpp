// SPDX-License-Identifier: MIT
// A set of files is saved over another one, and each of the calls fails, is the last of its process, or the last before
// the power goes.
#include "support/child_process.hpp"
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/optimised.hpp"
#include "support/power_loss.hpp"
#include "support/saved_sets.hpp"
#include "support/scratch_directory.hpp"

#include <stet/shards/mapped_set.hpp>
#include <stet/shards/save_shards.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <thread>

using stet::durability;
using stet::existing_file;
using support::disk_image;
using support::disk_order;
using support::faulty_file_system;
using support::memory_disk;
using support::sample_set;
using support::scratch_directory;
using support::set_files;
using support::set_scene;
using support::shown_set;

namespace {

/// The files of a folder of the disk that are no part files.
set_files files_in(const disk_image& image, bool with_parts = false)
{
    set_files                          all;
    const support::stored_entry* const folder = image.find("set");
    if (folder == nullptr)
        return all;
    for (const auto& [name, number] : folder->names) {
        if (with_parts || !name.ends_with(".part"))
            all[name] = image.entries.at(number).content();
    }
    return all;
}

disk_image furnished(const set_files& before)
{
    disk_image image;
    const auto folder = image.put_folder(support::top_folder, "set");
    for (const auto& [name, content] : before)
        image.put_file(folder, name, content);
    image.put_file(folder, "config.json", "{}");
    return image;
}

struct setting {
    const set_scene* scene;
    stet::durability durability;
    bool             exchanges;

    stet::result<stet::shards::saved_set> save(memory_disk& disk) const
    {
        if (!exchanges)
            disk.lack_exchange();
        std::array<std::byte, 300> staging{};
        return sample_set(set_scene::new_seed, scene->new_count, scene->new_apart)
            .save("/set", {.durability = durability, .staging = staging, .file_system = &disk.calls()});
    }
};

template <class Use>
void for_each_setting(std::initializer_list<durability> lastings, Use use)
{
    for (const set_scene& scene : support::set_scenes) {
        for (const durability lasting : lastings) {
            for (const bool exchanges : {true, false})
                use(setting{.scene = &scene, .durability = lasting, .exchanges = exchanges}, scene.before(),
                    scene.after());
        }
    }
}

} // namespace

TEST_CASE("a set is saved over any other, and what the old one had besides goes")
{
    for_each_setting({durability::full, durability::none},
                     [](const setting& set, const set_files& before, const set_files& after) {
                         CAPTURE(set.scene->name, set.exchanges);
                         memory_disk disk(furnished(before));
                         const auto  saved = set.save(disk);
                         REQUIRE(saved);
                         set_files wanted = after;
                         wanted["config.json"] = "{}";
                         CHECK(files_in(disk.now(), true) == wanted);
                         CHECK(saved->left.empty());
                         std::size_t gone = 0;
                         for (const auto& [name, content] : before)
                             gone += after.count(name) == 0 ? 1U : 0U;
                         CHECK(saved->removed.size() == gone);
                     });
}

TEST_CASE("one call of a set's save that fails leaves the old set or the whole new one")
{
    std::size_t faults = 0;
    std::size_t survived = 0;
    for_each_setting({durability::full, durability::none}, [&](const setting& set, const set_files& before,
                                                               const set_files& after) {
        set_files untouched = before;
        untouched["config.json"] = "{}";
        for (std::size_t nth = 1;; ++nth) {
            memory_disk disk(furnished(before));
            disk.fail(nth);
            const auto saved = set.save(disk);
            if (disk.count() < nth) {
                CHECK(saved);
                break;
            }
            ++faults;
            CAPTURE(set.scene->name, set.exchanges, static_cast<int>(set.durability), nth);
            const set_files found = files_in(disk.now(), true);
            if (saved) {
                ++survived;
                // An old index that cannot be removed is said to be left, and all it leads to stays.
                const auto& left = saved->left;
                const bool leads = std::find(left.begin(), left.end(), support::set_index_name) != left.end();
                CHECK(support::by_index(found, before, after) ==
                      (leads ? shown_set::old_one : shown_set::new_one));
                CHECK(support::holds_files(found, after));
                continue;
            }
            // Where names cannot be swapped the new set stays when only making it last fails.
            const bool is_new = support::by_index(found, before, after) == shown_set::new_one;
            CHECK((is_new ? !set.exchanges : found == untouched));
        }
    });
    std::printf("%zu single faults in saves of sets, %zu of them harmless\n", faults, survived);
    CHECK(faults > 1000);
}

TEST_CASE("after any two calls of a set's save that fail no mix is shown")
{
    std::size_t pairs = 0;
    for (const set_scene& scene : support::set_scenes) {
        const set_files before = scene.before();
        const set_files after = scene.after();
        bool            first_fires = true;
        for (std::size_t first = 1; first_fires; first += support::is_optimised ? 1 : 3) {
            for (std::size_t second = first + 1;; second += support::is_optimised ? 1 : 3) {
                memory_disk   disk(furnished(before));
                const setting set{.scene = &scene, .durability = durability::full, .exchanges = true};
                const auto    fail_again = [&] { disk.fail(second); };
                disk.fail(first);
                disk.before_nth(first + 1, fail_again);
                static_cast<void>(set.save(disk));
                first_fires = disk.count() >= first;
                if (disk.count() < second)
                    break;
                ++pairs;
                CAPTURE(scene.name, first, second);
                const set_files found = files_in(disk.now());
                CHECK(support::by_index(found, before, after) != shown_set::broken);
                CHECK_FALSE(support::is_mixed(found, before, after));
            }
        }
    }
    std::printf("%zu pairs of faults in saves of sets\n", pairs);
    CHECK(pairs > 1000);
}

TEST_CASE("whatever a power failure takes of a set's save, no mix is shown, and the new set once it returned",
          "[states]")
{
    std::size_t           states = 0;
    constexpr std::size_t most_states = support::is_optimised ? 500 : 40;
    for_each_setting(
        {durability::full}, [&](const setting& set, const set_files& before, const set_files& after) {
            memory_disk disk(furnished(before));
            REQUIRE(set.save(disk));
            for (std::size_t calls = 0; calls <= disk.count(); ++calls) {
                for (const disk_order order : {disk_order::none, disk_order::journal}) {
                    std::map<std::string, std::size_t> flaws;
                    states += support::power_loss(disk, calls, order)
                                  .for_each_state(most_states, [&](const disk_image& image) {
                                      const set_files found = files_in(image);
                                      const shown_set shown = support::by_index(found, before, after);
                                      if (shown == shown_set::broken)
                                          ++flaws["a broken set is shown"];
                                      if (support::is_mixed(found, before, after))
                                          ++flaws["old and new files lie together"];
                                      const bool was_shown =
                                          support::by_index(before, before, after) != shown_set::none;
                                      if (shown == shown_set::none && was_shown && !set.scene->meets())
                                          ++flaws["no set is shown"];
                                      if (calls == disk.count() && shown != shown_set::new_one)
                                          ++flaws["the new set is not shown"];
                                  });
                    CAPTURE(set.scene->name, set.exchanges, calls, static_cast<int>(order));
                    CHECK(flaws == std::map<std::string, std::size_t>());
                }
            }
        });
    std::printf("%zu states after power failures in saves of sets\n", states);
    CHECK(states > 10'000);
}

TEST_CASE("after a set's save that failed at any call, too, a power failure shows no mix", "[states]")
{
    std::size_t           states = 0;
    constexpr std::size_t most_states = support::is_optimised ? 100 : 10;
    for_each_setting(
        {durability::full}, [&](const setting& set, const set_files& before, const set_files& after) {
            for (std::size_t nth = 1;; ++nth) {
                memory_disk disk(furnished(before));
                disk.fail(nth);
                static_cast<void>(set.save(disk));
                if (disk.count() < nth)
                    break;
                // Whatever was undone, the power may go in the midst of it.
                for (std::size_t calls = nth; calls <= disk.count(); calls += support::is_optimised ? 1 : 9) {
                    std::size_t flaws = 0;
                    states += support::power_loss(disk, calls, disk_order::none)
                                  .for_each_state(most_states, [&](const disk_image& image) {
                                      const set_files found = files_in(image);
                                      const bool      is_broken =
                                          support::by_index(found, before, after) == shown_set::broken;
                                      flaws += is_broken || support::is_mixed(found, before, after) ? 1U : 0U;
                                  });
                    CAPTURE(set.scene->name, set.exchanges, nth, calls);
                    CHECK(flaws == 0);
                }
            }
        });
    std::printf("%zu states after failed saves of sets and a power failure\n", states);
    CHECK(states > 10'000);
}

TEST_CASE("a save of a set in the midst of another is refused, or one of the two sets is there")
{
    std::size_t refused = 0;
    for (const set_scene& scene : support::set_scenes) {
        for (std::size_t nth = 1;; ++nth) {
            memory_disk      disk(furnished(scene.before()));
            const sample_set beside(3, 3, true);
            bool             is_run = false;
            bool             is_refused = false;
            auto             save_beside = [&] {
                is_run = true;
                const auto saved = beside.save("/set", {.file_system = &disk.calls()});
                is_refused = !saved;
                if (!saved)
                    is_refused = saved.error().code == stet::errc::set_in_use;
            };
            disk.before_nth(nth, save_beside);
            const setting set{.scene = &scene, .durability = durability::full, .exchanges = true};
            const auto    saved = set.save(disk);
            if (!is_run)
                break;
            CAPTURE(scene.name, nth, is_refused);
            const set_files found = files_in(disk.now());
            const shown_set shown = support::by_index(found, beside.files(), scene.after());
            refused += is_refused ? 1U : 0U;
            if (saved)
                CHECK((shown == shown_set::new_one || (!is_refused && shown == shown_set::old_one)));
            else
                CHECK(shown != shown_set::broken);
        }
    }
    std::printf("%zu saves of a set refused beside another\n", refused);
    CHECK(refused > 100);
}

#if !defined(_WIN32)

TEST_CASE("a process killed at any moment of a set's save leaves no mix, and the next save succeeds",
          "[states]")
{
    std::size_t kills = 0;
    std::size_t without = 0;
    for (const set_scene& scene : support::set_scenes) {
        const set_files  before = scene.before();
        const set_files  after = scene.after();
        const sample_set next_set(4, 2, true);
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            for (const auto& [name, content] : before)
                here.put(name, content);
            const sample_set saved_now(set_scene::new_seed, scene.new_count, scene.new_apart);
            const int        outcome = support::in_child([&] {
                faulty_file_system faulty;
                const auto         end = [] { ::raise(SIGKILL); };
                faulty.skip_syncs();
                faulty.before_nth(nth, end);
                return saved_now.save(here.path(), {.file_system = &faulty.calls()}) ? 0 : 1;
            });
            if (outcome == 0)
                break;
            ++kills;
            CAPTURE(scene.name, nth);
            REQUIRE(outcome == -SIGKILL);
            set_files found;
            for (const std::string& name : here.entries()) {
                if (!name.ends_with(".part"))
                    found[name] = here.content(name);
            }
            const shown_set shown = support::by_index(found, before, after);
            CHECK(shown != shown_set::broken);
            CHECK_FALSE(support::is_mixed(found, before, after));
            const bool was_shown = support::by_index(before, before, after) != shown_set::none;
            if (shown == shown_set::none && was_shown) {
                ++without;
                CHECK(scene.meets());
            }
            CHECK(next_set.save(here.path(), {.durability = durability::none}));
            const auto removed = stet::shards::remove_abandoned(here.path(), {}, {.least_age = 0});
            REQUIRE(removed);
            CHECK(removed->left.empty());
            set_files rest;
            for (const std::string& name : here.entries())
                rest[name] = here.content(name);
            CHECK(rest == next_set.files());
        }
    }
    std::printf("%zu processes killed in saves of sets, %zu left none\n", kills, without);
    CHECK(kills > 500);
}

TEST_CASE("who opens a set while it is saved anew finds one of the sets", "[thread]")
{
    const scratch_directory here(support::quick_place());
    const sample_set        first(1, 3, true);
    const sample_set        second(2, 3, true);
    REQUIRE(first.save(here.path(), {.durability = durability::none}));
    std::atomic<bool> ends = false;
    std::thread       saver([&] {
        for (unsigned i = 0; !ends; ++i)
            static_cast<void>(
                (i % 2 == 0 ? second : first).save(here.path(), {.durability = durability::none}));
    });
    std::size_t       opened = 0;
    std::size_t       mixed = 0;
    for (std::size_t i = 0; i < 3000; ++i) {
        const auto set = stet::shards::mapped_set::open(here.path());
        if (!set)
            continue; // between two sets there is none
        ++opened;
        const auto seed_of = [&](std::size_t position) {
            const stet::bytes packed = (*set)[position].packed();
            return packed.empty() ? 0 : std::to_integer<unsigned>(packed[0]) / 16;
        };
        mixed += seed_of(0) == seed_of(1) && seed_of(1) == seed_of(2) ? 0U : 1U;
    }
    ends = true;
    saver.join();
    std::printf("%zu sets opened while others were saved\n", opened);
    CHECK(opened > 0);
    CHECK(mixed == 0);
}

#endif
