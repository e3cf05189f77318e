// SPDX-License-Identifier: MIT
// The power fails after any call of a save, and the disk keeps of what was not synced whatever it likes.
#include "support/power_loss.hpp"

#include "support/memory_disk.hpp"
#include "support/optimised.hpp"
#include "support/sample_checkpoint.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

using stet::durability;
using stet::existing_file;
using support::disk_image;
using support::disk_order;
using support::memory_disk;
using support::power_loss;
using support::sample_checkpoint;
using support::stored_entry;

namespace {

/// A save and what the disk holds for it.
struct scene {
    std::string_view name;
    std::string_view saved_as; ///< without the first '/'
    std::string_view prefix{}; ///< below "/out/root"; empty for an exact path
    std::string_view root{};
    std::string_view path{};
    existing_file    existing = existing_file::refuse;
    bool             by_comfyui = false; ///< the number is ComfyUI's own rule's

    stet::result<stet::saved_checkpoint> save(const sample_checkpoint&  sample,
                                              const stet::save_options& options) const
    {
        if (prefix.empty())
            return sample.save(stet::exact_path{path, existing}, options);
        if (by_comfyui)
            return sample.save(stet::comfyui::numbered{.output_dir = root, .prefix = prefix}, options);
        return sample.save(stet::numbered{.root = root, .prefix = prefix}, options);
    }
};

constexpr std::array<scene, 10> scenes{{
    {.name = "numbered", .saved_as = "out/M_00003_.safetensors", .prefix = "M", .root = "/out"},
    {.name = "numbered, new folders below the root",
     .saved_as = "out/a/b/M_00001_.safetensors",
     .prefix = "a/b/M",
     .root = "/out"},
    {.name = "numbered, new root", .saved_as = "fresh/M_00001_.safetensors", .prefix = "M", .root = "/fresh"},
    {.name = "numbered, new root in a new folder",
     .saved_as = "new/deep/M_00001_.safetensors",
     .prefix = "M",
     .root = "/new/deep"},
    {.name = "ComfyUI's",
     .saved_as = "out/M_00003_.safetensors",
     .prefix = "M",
     .root = "/out",
     .by_comfyui = true},
    {.name = "ComfyUI's, new folders below the root",
     .saved_as = "out/a/b/M_00001_.safetensors",
     .prefix = "a/b/M",
     .root = "/out",
     .by_comfyui = true},
    {.name = "exact, new", .saved_as = "out/new.safetensors", .path = "/out/new.safetensors"},
    {.name = "exact, new or old",
     .saved_as = "out/new.safetensors",
     .path = "/out/new.safetensors",
     .existing = existing_file::replace},
    {.name = "exact, old",
     .saved_as = "out/old.safetensors",
     .path = "/out/old.safetensors",
     .existing = existing_file::replace},
    {.name = "exact, link to old",
     .saved_as = "out/old.safetensors",
     .path = "/links/old.safetensors",
     .existing = existing_file::replace},
}};

constexpr std::uint32_t old_mode = 0640;

/// The bytes of a sound file.
const std::string& file_of(unsigned seed)
{
    static auto& made = *new std::map<unsigned, std::string>(); // never destroyed
    if (made.count(seed) == 0) {
        memory_disk disk{disk_image()};
        REQUIRE(sample_checkpoint(seed).save(stet::exact_path{"/file"}, {.file_system = &disk.calls()}));
        made[seed] = disk.now().find("file")->content();
        REQUIRE(sample_checkpoint(seed).is_in(made[seed]));
    }
    return made[seed];
}

constexpr unsigned new_seed = 1;
constexpr unsigned old_seed = 2;
constexpr unsigned next_seed = 3;

disk_image furnished()
{
    disk_image image;
    const auto out = image.put_folder(support::top_folder, "out");
    const auto links = image.put_folder(support::top_folder, "links");
    image.put_file(out, "M_00001_.safetensors", file_of(old_seed));
    image.put_file(out, "M_00002_.part", "a killed saver's");
    image.put_file(out, "old.safetensors", file_of(old_seed), old_mode);
    image.put_link(links, "old.safetensors", "../out/old.safetensors");
    return image;
}

/// A disk and how a save on it is asked for.
struct setting {
    const scene*     shown;
    stet::durability durability;
    bool             exchanges;
    bool             allocates;

    void prepare(memory_disk& disk) const
    {
        if (!exchanges)
            disk.lack_exchange();
        if (!allocates)
            disk.lack_preallocate();
    }

    stet::result<stet::saved_checkpoint> save(const memory_disk& disk) const
    {
        std::array<std::byte, 300> staging{}; // so that there are several writes
        return shown->save(sample_checkpoint(new_seed),
                           {.durability = durability, .staging = staging, .file_system = &disk.calls()});
    }
};

template <class Use>
void for_each_setting(durability lasting, Use use)
{
    for (const scene& shown : scenes) {
        for (const bool exchanges : {true, false}) {
            for (const bool allocates : {true, false})
                use(setting{
                    .shown = &shown, .durability = lasting, .exchanges = exchanges, .allocates = allocates});
        }
    }
}

/// What is wrong with a disk after the power came back, or nothing.
std::string flaw_of(const disk_image& image, const scene& shown, bool has_returned)
{
    std::string flaw;
    const auto  judge = [&](const std::string& path, const stored_entry& file) {
        if (path == shown.saved_as || !path.ends_with(".safetensors"))
            return;
        if (file.content() != file_of(old_seed))
            flaw = path + " has changed";
    };
    image.for_each_file(judge);
    for (const std::string_view kept :
         {"out/M_00001_.safetensors", "out/old.safetensors", "out/M_00002_.part"})
    {
        if (image.find(kept) == nullptr)
            flaw = std::string(kept) + " is gone";
    }
    const stored_entry* const saved = image.find(shown.saved_as);
    const bool                replaces = shown.saved_as == "out/old.safetensors";
    if (saved == nullptr)
        return has_returned ? "the saved file is missing" : flaw;
    const std::string content = saved->content();
    const bool        is_new = content == file_of(new_seed);
    const bool        is_old = replaces && content == file_of(old_seed);
    if (!is_new && !is_old)
        return "the saved file is neither the old nor the new one";
    if (has_returned && !is_new)
        return "the saved file is still the old one";
    if (replaces && saved->mode != old_mode)
        return "the mode has changed";
    return flaw;
}

/// Whether a disk works on: the same save again, or one beside it, gives a whole file.
bool works_on(const disk_image& image, const scene& shown)
{
    memory_disk             disk(image);
    const sample_checkpoint next(next_seed);
    const auto              saved = shown.save(next, {.file_system = &disk.calls()});
    if (!saved)
        return saved.error().code == stet::errc::name_taken && shown.existing == existing_file::refuse;
    const bool          is_through_link = saved->path.starts_with("/links");
    const std::string   path = is_through_link ? std::string(shown.saved_as) : saved->path.substr(1);
    const stored_entry* file = disk.now().find(path);
    return file != nullptr && file->content() == file_of(next_seed);
}

constexpr std::array<disk_order, 2> both_orders{disk_order::none, disk_order::journal};
constexpr std::size_t               most_states = support::is_optimised ? 2000 : 200;

} // namespace

TEST_CASE(
    "whatever the power failure takes, the old or the new file is there, the new one once the save returned",
    "[states]")
{
    std::array<std::size_t, 2> states{};
    std::size_t                failures = 0;
    std::size_t                works = 0;
    for_each_setting(durability::full, [&](const setting& set) {
        memory_disk disk(furnished());
        set.prepare(disk);
        REQUIRE(set.save(disk));
        REQUIRE(disk.now().find(set.shown->saved_as)->content() == file_of(new_seed));
        for (std::size_t calls = 0; calls <= disk.count(); ++calls) {
            ++failures;
            for (const disk_order order : both_orders) {
                std::map<std::string, std::size_t> flaws;
                std::size_t&                       count = states[static_cast<std::size_t>(order)];
                count +=
                    power_loss(disk, calls, order).for_each_state(most_states, [&](const disk_image& image) {
                        ++flaws[flaw_of(image, *set.shown, calls == disk.count())];
                        if (++works % 64 == 0 && !works_on(image, *set.shown))
                            ++flaws["the next save fails"];
                    });
                flaws.erase("");
                CAPTURE(set.shown->name, set.exchanges, set.allocates, calls, static_cast<int>(order));
                CHECK(flaws == std::map<std::string, std::size_t>());
            }
        }
    });
    std::printf(
        "%zu power failures: %zu states without any order, %zu with a journal, %zu saves after them\n",
        failures, states[0], states[1], works / 64);
    CHECK(states[0] > 20'000);
    CHECK(states[1] > 5'000);
}

TEST_CASE("after a save that failed at any call, too, a power failure leaves the old or the new file",
          "[states]")
{
    std::size_t states = 0;
    std::size_t faults = 0;
    for_each_setting(durability::full, [&](const setting& set) {
        for (std::size_t nth = 1;; ++nth) {
            memory_disk disk(furnished());
            set.prepare(disk);
            disk.fail(nth);
            const auto saved = set.save(disk);
            const bool has_returned = static_cast<bool>(saved);
            if (disk.count() < nth)
                break;
            ++faults;
            for (const disk_order order : both_orders) {
                std::map<std::string, std::size_t> flaws;
                states +=
                    power_loss(disk, disk.count(), order).for_each_state(100, [&](const disk_image& image) {
                        ++flaws[flaw_of(image, *set.shown, has_returned)];
                    });
                flaws.erase("");
                CAPTURE(set.shown->name, set.exchanges, set.allocates, nth, static_cast<int>(order));
                CHECK(flaws == std::map<std::string, std::size_t>());
            }
        }
    });
    std::printf("%zu failed calls, then a power failure: %zu states\n", faults, states);
    CHECK(faults > 300);
    CHECK(states > 10'000);
}

namespace {

/// In how many states after a power failure the file is not there, whole.
struct losses {
    std::size_t states = 0;
    std::size_t lost = 0;

    void count(const memory_disk& disk, std::size_t calls, disk_order order, const std::string& path)
    {
        states += power_loss(disk, calls, order).for_each_state(200, [&](const disk_image& image) {
            const stored_entry* const saved = image.find(path);
            if (saved == nullptr || saved->content() != file_of(next_seed))
                ++lost;
        });
    }
};

/// A durable save in the middle of another, before each of its calls; then the power fails.
/// returns: how many there were
std::size_t save_beside(const setting& set, disk_order order, losses& seen)
{
    const sample_checkpoint beside(next_seed);
    for (std::size_t nth = 1;; ++nth) {
        memory_disk disk(furnished());
        set.prepare(disk);
        std::string path;
        std::size_t calls = 0;
        auto        save = [&] {
            if (const auto saved = set.shown->save(beside, {.file_system = &disk.calls()}))
                path = saved->path.substr(1);
            calls = disk.count();
        };
        disk.before_nth(nth, save);
        REQUIRE(set.save(disk));
        if (calls == 0)
            return nth - 1;
        REQUIRE_FALSE(path.empty());
        seen.count(disk, calls, order, path);
    }
}

/// A durable save after one that is not, into the same folder; then the power fails.
void save_after(const setting& set, disk_order order, losses& seen)
{
    memory_disk disk(furnished());
    set.prepare(disk);
    REQUIRE(set.shown->save(sample_checkpoint(new_seed),
                            {.durability = durability::none, .file_system = &disk.calls()}));
    const auto saved = set.shown->save(sample_checkpoint(next_seed), {.file_system = &disk.calls()});
    REQUIRE(saved);
    seen.count(disk, disk.count(), order, saved->path.substr(1));
}

} // namespace

TEST_CASE("a durable save stays whole in the folders it found, whatever goes on there", "[states]")
{
    losses      seen;
    std::size_t moments = 0;
    for_each_setting(durability::full, [&](const setting& set) {
        if (set.shown->prefix.empty())
            return;
        for (const disk_order order : both_orders) {
            if (order == disk_order::none && !set.shown->saved_as.starts_with("out/M"))
                continue; // the next test's
            moments += save_beside(set, order, seen);
            save_after(set, order, seen);
        }
    });
    std::printf("%zu durable saves in the middle of another, then a power failure: %zu states\n", moments,
                seen.states);
    CHECK(seen.lost == 0);
    CHECK(moments > 100);
    CHECK(seen.states > 10'000);
}

// A second saver finds a folder in the moment before its creator syncs the one above it, or after a save with
// durability::none. Above the output folder it trusts what it finds: every journal keeps that, a disk without any order
// need not.
TEST_CASE(
    "a durable save lasts on a disk without order in folders that another has just created, up to the output folder")
{
    losses seen;
    for_each_setting(durability::full, [&](const setting& set) {
        if (set.shown->prefix.empty() || set.shown->root == "/new/deep")
            return;
        static_cast<void>(save_beside(set, disk_order::none, seen));
        save_after(set, disk_order::none, seen);
    });
    std::printf("%zu states in folders that another saver had not made last\n", seen.states);
    CHECK(seen.lost == 0);
    CHECK(seen.states > 5'000);
}

TEST_CASE("without durability a file is whole at every moment a program looks, which is all that is promised",
          "[states]")
{
    std::size_t moments = 0;
    std::size_t states = 0;
    std::size_t torn = 0;
    std::size_t old_lost = 0;
    for_each_setting(durability::none, [&](const setting& set) {
        // What a program sees, or finds after the saver was killed.
        std::size_t calls = 0;
        for (std::size_t nth = 1; nth <= calls + 1; ++nth) {
            memory_disk disk(furnished());
            set.prepare(disk);
            std::string flaw;
            auto        look = [&] { flaw = flaw_of(disk.now(), *set.shown, false); };
            disk.before_nth(nth, look);
            REQUIRE(set.save(disk));
            calls = disk.count();
            if (nth > calls)
                flaw = flaw_of(disk.now(), *set.shown, true);
            ++moments;
            CAPTURE(set.shown->name, set.exchanges, set.allocates, nth);
            CHECK(flaw.empty());
        }
        // What the power may leave: files of which parts are missing, and the old one gone. Others stay as they were.
        memory_disk disk(furnished());
        set.prepare(disk);
        REQUIRE(set.save(disk));
        for (const disk_order order : both_orders) {
            states += power_loss(disk, calls, order).for_each_state(500, [&](const disk_image& image) {
                const std::string flaw = flaw_of(image, *set.shown, false);
                if (flaw == "the saved file is neither the old nor the new one") {
                    ++torn;
                    if (set.shown->saved_as == "out/old.safetensors")
                        ++old_lost;
                } else if (flaw != "out/old.safetensors is gone" && flaw != "the mode has changed") {
                    CAPTURE(set.shown->name, set.exchanges, set.allocates, static_cast<int>(order));
                    CHECK(flaw.empty());
                }
            });
        }
    });
    std::printf(
        "%zu moments of a save without durability; of %zu states after a power failure %zu torn, %zu of them "
        "in the old one's place\n",
        moments, states, torn, old_lost);
    CHECK(moments > 400);
    CHECK(torn > 1000);
    CHECK(old_lost > 100);
}
