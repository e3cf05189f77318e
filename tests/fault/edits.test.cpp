// SPDX-License-Identifier: MIT
// Each call of each kind of edit fails once, the process ends before it, or the power does.
#include "support/child_process.hpp"
#include "support/disk_image.hpp"
#include "support/edit_scenes.hpp"
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/open_descriptors.hpp"
#include "support/optimised.hpp"
#include "support/power_loss.hpp"
#include "support/scratch_directory.hpp"

#include <stet/edit/edit.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>

using stet::durability;
using stet::edit::done;
using support::disk_image;
using support::disk_order;
using support::edit_scene;
using support::faulty_file_system;
using support::file_call;
using support::memory_disk;
using support::power_loss;
using support::scratch_directory;
using support::stored_entry;

namespace {

using files = std::map<std::string, std::string>;

constexpr std::array<durability, 2> both_durabilities{durability::full, durability::none};

const std::string& old_content()
{
    static const auto& made = *new std::string(edit_scene::old_content()); // never destroyed
    return made;
}

void prepare(const scratch_directory& here)
{
    here.put("x", old_content());
    here.put_link("link", "x");
}

/// What the edit of a scene makes of the file.
const std::string& new_content(const edit_scene& scene)
{
    static auto& made = *new std::map<std::string_view, std::string>(); // never destroyed
    if (made.count(scene.name) == 0) {
        const scratch_directory here(support::quick_place());
        prepare(here);
        const auto edited = scene.edit(here / "", durability::none, stet::native_file_system());
        REQUIRE(edited);
        CHECK(edited->done == scene.done);
        made[scene.name] = here.content(scene.edited());
        CHECK(made[scene.name] != old_content());
    }
    return made[scene.name];
}

/// Whether an edit may succeed although this call failed: it only frees something or keeps others away, is tried and
/// done without, looks once more at what is done, or hands on access that one may not hand on.
bool is_harmless(file_call kind, int os_code)
{
    const std::set<file_call> always{file_call::close, file_call::lock_file, file_call::unlock_file,
                                     file_call::clone, file_call::inspect};
    const std::set<file_call> of_access{file_call::set_mode, file_call::set_owner, file_call::read_acl,
                                        file_call::write_acl};
    return always.count(kind) != 0 || (os_code == EACCES && of_access.count(kind) != 0);
}

} // namespace

TEST_CASE("one call of an edit that fails leaves the old file, or the edit succeeds all the same")
{
    std::size_t         faults = 0;
    std::size_t         survived = 0;
    std::set<file_call> kinds;
    for (const edit_scene& scene : support::edit_scenes) {
        for (const durability lasting : both_durabilities) {
            for (const int os_code : {EIO, ENOSPC, EACCES, ENOMEM}) {
                for (std::size_t nth = 1;; ++nth) {
                    const scratch_directory here(support::quick_place());
                    prepare(here);
                    const files        before = here.files();
                    const std::size_t  open_before = support::open_descriptors();
                    faulty_file_system faulty;
                    faulty.skip_syncs();
                    faulty.fail(nth, os_code);
                    const auto edited = scene.edit(here / "", lasting, faulty.calls());
                    CHECK(support::open_descriptors() == open_before);
                    if (!faulty.failed()) {
                        CHECK(edited);
                        CHECK(nth > 10);
                        break;
                    }
                    ++faults;
                    kinds.insert(*faulty.failed());
                    CAPTURE(scene.name, lasting, os_code, nth,
                            support::file_call_names[static_cast<std::size_t>(*faulty.failed())]);
                    if (edited) {
                        ++survived;
                        CHECK(is_harmless(*faulty.failed(), os_code));
                        CHECK(here.content(scene.edited()) == new_content(scene));
                        CHECK(here.files().size() == before.size() + (scene.copies ? 1U : 0U));
                        continue;
                    }
                    CHECK(here.files() == before);
                    CHECK(edited.error().os_code == os_code);
                    CHECK(edited.error().subject().starts_with(here.path()));
                    CHECK(scene.edit(here / "", durability::none, stet::native_file_system()));
                    CHECK(here.content(scene.edited()) == new_content(scene));
                }
            }
        }
    }
    std::printf("%zu single faults injected into edits, %zu of them harmless\n", faults, survived);
    CHECK(faults > 1000);
    CHECK(kinds.count(file_call::open_file) != 0);
    CHECK(kinds.count(file_call::read_at) != 0);
    CHECK(kinds.count(file_call::write_at) != 0);
    CHECK(kinds.count(file_call::exchange) != 0);
}

TEST_CASE("a signal at any one call of an edit changes nothing")
{
    std::size_t interruptions = 0;
    for (const edit_scene& scene : support::edit_scenes) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            prepare(here);
            faulty_file_system faulty;
            faulty.skip_syncs();
            faulty.fail(nth, EINTR);
            const auto edited = scene.edit(here / "", durability::full, faulty.calls());
            CAPTURE(scene.name, nth);
            CHECK(edited);
            CHECK(here.content(scene.edited()) == new_content(scene));
            if (!faulty.failed())
                break;
            ++interruptions;
        }
    }
    std::printf("%zu interruptions of edits\n", interruptions);
    CHECK(interruptions > 100);
}

TEST_CASE("after any two calls that fail the file is old or new, or its undo file makes it so")
{
    std::size_t pairs = 0;
    std::size_t undone = 0;
    for (const edit_scene& scene : support::edit_scenes) {
        bool first_fires = true;
        for (std::size_t first = 1; first_fires; ++first) {
            for (std::size_t second = first + 1;; ++second) {
                const scratch_directory here(support::quick_place());
                prepare(here);
                const std::size_t  open_before = support::open_descriptors();
                faulty_file_system faulty;
                faulty.skip_syncs();
                faulty.fail(first, second, EIO);
                const auto edited = scene.edit(here / "", durability::full, faulty.calls());
                CHECK(support::open_descriptors() == open_before);
                first_fires = faulty.count() >= first;
                if (faulty.count() < second)
                    break;
                ++pairs;
                CAPTURE(scene.name, first, second);
                if (edited)
                    CHECK(here.content(scene.edited()) == new_content(scene));
                undone += here.has("x.stet-undo") ? 1U : 0U;
                CHECK(stet::edit::recover(here / "x"));
                CHECK_FALSE(here.has("x.stet-undo"));
                const std::string content = here.content("x");
                CHECK((content == old_content() || (content == new_content(scene) && !scene.copies)));
                if (here.has("copy"))
                    CHECK(here.content("copy") == new_content(scene));
            }
        }
    }
    std::printf("%zu pairs of faults injected into edits, after %zu of them an undo file was there\n", pairs,
                undone);
    CHECK(pairs > 1000);
    CHECK(undone > 0);
}

#if !defined(_WIN32)

TEST_CASE("an edit killed at any moment leaves the old or the new file, in place once it is recovered",
          "[states]")
{
    std::size_t kills = 0;
    std::size_t undone = 0;
    for (const edit_scene& scene : support::edit_scenes) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            prepare(here);
            const int outcome = support::in_child([&] {
                faulty_file_system faulty;
                const auto         end = [] { ::raise(SIGKILL); };
                faulty.skip_syncs();
                faulty.shorten_writes(300); // so that it is killed between two parts of the header
                faulty.before_nth(nth, end);
                return scene.edit(here / "", durability::full, faulty.calls()) ? 0 : 1;
            });
            CAPTURE(scene.name, nth);
            if (outcome == 0)
                break;
            ++kills;
            REQUIRE(outcome == -SIGKILL);
            const bool is_in_place = scene.done == done::with_undo;
            if (!is_in_place) {
                const std::string seen = here.content("x");
                CHECK((seen == old_content() || (seen == new_content(scene) && !scene.copies)));
                CHECK_FALSE(here.has("x.stet-undo"));
            }
            const auto recovered = stet::edit::recover(here / "x", {.durability = durability::none});
            REQUIRE(recovered);
            undone += *recovered ? 1U : 0U;
            const std::string content = here.content("x");
            CHECK((content == old_content() || (content == new_content(scene) && !scene.copies)));
            CHECK_FALSE(here.has("x.stet-undo"));
            CHECK(scene.edit(here / "", durability::none, stet::native_file_system()));
            CHECK(here.content(scene.edited()) == new_content(scene));
        }
    }
    std::printf("%zu edits killed, %zu of them recovered\n", kills, undone);
    CHECK(kills > 200);
    CHECK(undone > 10);
}

#endif

// ---- power --------------------------------------------------------------------------------------------

namespace {

disk_image furnished()
{
    disk_image image;
    const auto out = image.put_folder(support::top_folder, "out");
    image.put_file(out, "x", old_content(), 0640);
    image.put_link(out, "link", "x");
    image.put_file(out, "other", "another file");
    return image;
}

/// A disk and how an edit on it is asked for.
struct setting {
    const edit_scene* shown;
    bool              exchanges;
    bool              clones;

    void prepare(memory_disk& disk) const
    {
        disk.offer_write_at();
        if (clones)
            disk.offer_clone();
        if (!exchanges)
            disk.lack_exchange();
    }
    stet::result<stet::edit::edited> edit(const memory_disk& disk) const
    {
        return shown->edit("/out/", durability::full, disk.calls());
    }
};

template <class Use>
void for_each_setting(Use use)
{
    for (const edit_scene& shown : support::edit_scenes) {
        for (const bool exchanges : {true, false}) {
            for (const bool clones : {true, false}) {
                if (shown.done == done::with_undo && (exchanges || clones))
                    continue; // it makes neither call
                use(setting{.shown = &shown, .exchanges = exchanges, .clones = clones});
            }
        }
    }
}

/// What is wrong with a disk after the power came back and, in place, the edit was cleared up after; or nothing.
std::string flaw_of(const disk_image& image, const edit_scene& shown, bool has_returned)
{
    const stored_entry* const file = image.find("out/x");
    if (file == nullptr)
        return "the file is missing";
    if (image.find("out/other") == nullptr || image.find("out/other")->content() != "another file")
        return "another file has changed";
    if (image.find("out/x.stet-undo") != nullptr && shown.done != done::with_undo)
        return "an undo file is there, and needs none";
    const std::string content = file->content();
    const bool        is_new = content == new_content(shown);
    if (shown.copies) {
        if (content != old_content())
            return "the file that was copied has changed";
        const stored_entry* const copy = image.find("out/copy");
        if (copy == nullptr)
            return has_returned ? "the copy is missing" : "";
        return copy->content() == new_content(shown) ? "" : "the copy is not whole";
    }
    if (!is_new && content != old_content())
        return "the file is neither the old nor the new one";
    if (has_returned && !is_new)
        return "the file is still the old one";
    return file->mode == 0640 ? "" : "the mode has changed";
}

constexpr std::array<disk_order, 2> both_orders{disk_order::none, disk_order::journal};
constexpr std::size_t               most_states = support::is_optimised ? 400 : 60;

/// The disk after an edit in place was cleared up after.
disk_image recovered(const disk_image& image, const edit_scene& shown,
                     std::map<std::string, std::size_t>& flaws)
{
    if (shown.done != done::with_undo || image.find("out/x") == nullptr)
        return image;
    memory_disk disk(image);
    disk.offer_write_at();
    if (!stet::edit::recover("/out/x", {.file_system = &disk.calls()}))
        ++flaws["it cannot be cleared up"];
    if (disk.now().find("out/x.stet-undo") != nullptr)
        ++flaws["an undo file stays"];
    return disk.now();
}

} // namespace

TEST_CASE(
    "whatever a power failure takes, an edited file is the old or the new one, in place once it is recovered",
    "[states]")
{
    std::size_t states = 0;
    std::size_t failures = 0;
    std::size_t mixed = 0;
    for_each_setting([&](const setting& set) {
        memory_disk disk(furnished());
        set.prepare(disk);
        const auto edited = set.edit(disk);
        REQUIRE(edited);
        CHECK((edited->done == set.shown->done || (edited->done == done::cloned && set.clones)));
        for (std::size_t calls = 0; calls <= disk.count(); ++calls) {
            ++failures;
            for (const disk_order order : both_orders) {
                std::map<std::string, std::size_t> flaws;
                states +=
                    power_loss(disk, calls, order).for_each_state(most_states, [&](const disk_image& image) {
                        if (!flaw_of(image, *set.shown, false).empty())
                            ++mixed;
                        ++flaws[flaw_of(recovered(image, *set.shown, flaws), *set.shown,
                                        calls == disk.count())];
                    });
                flaws.erase("");
                CAPTURE(set.shown->name, set.exchanges, set.clones, calls, static_cast<int>(order));
                CHECK(flaws == std::map<std::string, std::size_t>());
            }
        }
    });
    std::printf("%zu power failures in edits: %zu states, of which %zu had to be recovered\n", failures,
                states, mixed);
    CHECK(states > 5000);
    CHECK(mixed > 100);
}

TEST_CASE(
    "a power failure while an edit is being recovered leaves what the next recovery makes the old or the new file",
    "[states]")
{
    std::size_t seen = 0; // states that want a recovery
    std::size_t states = 0;
    for (const edit_scene& shown : support::edit_scenes) {
        if (shown.done != done::with_undo)
            continue;
        const setting set{.shown = &shown, .exchanges = true, .clones = false};
        memory_disk   disk(furnished());
        set.prepare(disk);
        REQUIRE(set.edit(disk));
        for (std::size_t calls = 0; calls <= disk.count(); ++calls) {
            power_loss(disk, calls, disk_order::none).for_each_state(4, [&](const disk_image& image) {
                if (flaw_of(image, shown, false).empty() || ++seen % 64 != 0)
                    return;
                memory_disk second(image);
                second.offer_write_at();
                REQUIRE(stet::edit::recover("/out/x", {.file_system = &second.calls()}));
                for (std::size_t until = 0; until <= second.count(); ++until) {
                    std::map<std::string, std::size_t> flaws;
                    states += power_loss(second, until, disk_order::none)
                                  .for_each_state(10, [&](const disk_image& again) {
                                      ++flaws[flaw_of(recovered(again, shown, flaws), shown, false)];
                                  });
                    flaws.erase("");
                    CAPTURE(shown.name, calls, until);
                    CHECK(flaws == std::map<std::string, std::size_t>());
                }
            });
        }
    }
    std::printf("%zu states after a power failure in a recovery\n", states);
    CHECK(states > 1000);
}

TEST_CASE(
    "within one sector an edit in place is the old or the new one on a disk that writes a sector whole, else perhaps neither")
{
    // The title lies in one sector of 512 bytes, and in two blocks of 4.
    for (const std::size_t block : {std::size_t{512}, std::size_t{4}}) {
        disk_image image;
        image.put_file(support::top_folder, "x",
                       support::file_to_edit({{"title", std::string(50, 'o')}}, 100));
        const std::string before = image.find("x")->content();
        memory_disk       disk(image);
        disk.offer_write_at();
        disk.write_blocks_of(block);
        const auto edited =
            stet::edit::apply("/x", {.set = {{"title", std::string(50, 'n')}}},
                              {.way = stet::edit::way::in_place, .file_system = &disk.calls()});
        REQUIRE(edited);
        REQUIRE(edited->done == done::one_sector);
        const std::string after = disk.now().find("x")->content();
        std::size_t       torn = 0;
        for (std::size_t calls = 0; calls <= disk.count(); ++calls) {
            for (const disk_order order : both_orders)
                power_loss(disk, calls, order).for_each_state(100, [&](const disk_image& left) {
                    const std::string content = left.find("x")->content();
                    torn += content != before && content != after ? 1U : 0U;
                });
        }
        CHECK((torn == 0) == (block == 512));
    }
}
