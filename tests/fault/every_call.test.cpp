// SPDX-License-Identifier: MIT
// Each call of each kind of save fails once, in every way a call can.
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/save_scenes.hpp"
#include "support/scratch_directory.hpp"

#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>

using stet::durability;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::save_scene;
using support::scratch_directory;

namespace {

using files = std::map<std::string, std::string>;

/// The files but one.
files without(files all, std::string_view name)
{
    all.erase(std::string(name));
    return all;
}

constexpr std::array<durability, 2> both_durabilities{durability::full, durability::none};

std::set<file_call> access_calls()
{
    return {file_call::set_owner, file_call::read_acl, file_call::write_acl, file_call::set_mode};
}

/// A block so small that a save writes many times.
std::array<std::byte, 300> staging{};

stet::save_options options_for(const faulty_file_system& faulty, durability lasting)
{
    return {.durability = lasting, .staging = staging, .file_system = &faulty.calls()};
}

} // namespace

TEST_CASE("one call that fails leaves what was there, or the whole new file")
{
    const sample_checkpoint sample;
    std::size_t             faults = 0;
    std::size_t             survived = 0;
    std::set<file_call>     kinds;
    for (const save_scene& scene : support::save_scenes) {
        for (const durability lasting : both_durabilities) {
            for (const int os_code : {EIO, ENOSPC, EACCES, ENOMEM}) {
                for (std::size_t nth = 1;; ++nth) {
                    const scratch_directory here(support::quick_place());
                    scene.prepare(here);
                    const files        before = here.files();
                    const std::size_t  open_before = support::open_descriptors();
                    faulty_file_system faulty;
                    faulty.skip_syncs();
                    faulty.fail(nth, os_code);
                    const auto saved = scene.save(here, sample, options_for(faulty, lasting));
                    CHECK(support::open_descriptors() == open_before);
                    if (!faulty.failed()) {
                        CHECK(saved);
                        CHECK(nth > 5);
                        break;
                    }
                    ++faults;
                    kinds.insert(*faulty.failed());
                    CAPTURE(scene.name, lasting, os_code, nth,
                            support::file_call_names[static_cast<std::size_t>(*faulty.failed())]);
                    const files after = here.files();
                    if (saved) {
                        // A folder that reports an error when it is closed has done all it was needed for, one
                        // above the output folder may be closed to us, and what cannot be locked does without.
                        ++survived;
                        const bool is_above = *faulty.failed() == file_call::open_folder && os_code == EACCES;
                        // What a replaced file's access needs and one may not do is left out.
                        const bool hands_on =
                            os_code == EACCES && access_calls().count(*faulty.failed()) != 0;
                        CHECK((is_above || hands_on || *faulty.failed() == file_call::close ||
                               *faulty.failed() == file_call::lock_file ||
                               *faulty.failed() == file_call::unlock_file));
                        CHECK((saved->keeps_access == !hands_on || *faulty.failed() == file_call::read_acl));
                        CHECK(without(after, scene.saved_as) == without(before, scene.saved_as));
                        CHECK(sample.is_in(here.content(scene.saved_as)));
                        continue;
                    }
                    CHECK(after == before);
                    CHECK(saved.error().os_code == os_code);
                    CHECK(saved.error().code == stet::detail::errc_of(os_code));
                    CHECK(saved.error().subject().starts_with(here.path()));

                    CHECK(scene.save(here, sample, {.durability = durability::none}));
                    CHECK(sample.is_in(here.content(scene.saved_as)));
                }
            }
        }
    }
    std::printf("%zu single faults injected, %zu of them harmless to the save\n", faults, survived);
    CHECK(faults > 800);
    // No call was missed but the three that only other writers make, the two of an edit, and what root alone can do.
    const std::size_t others =
        (support::has_other_owners() ? 5U : 6U) + (stet::native_file_system().read_acl == nullptr ? 2U : 0U);
    CHECK(kinds.size() == support::file_call_names.size() - others);
}

TEST_CASE("a signal at any one call changes nothing")
{
    const sample_checkpoint sample;
    std::size_t             interruptions = 0;
    for (const save_scene& scene : support::save_scenes) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            scene.prepare(here);
            const files        before = here.files();
            faulty_file_system faulty;
            faulty.skip_syncs();
            faulty.fail(nth, EINTR);
            const auto saved = scene.save(here, sample, options_for(faulty, durability::full));
            CAPTURE(scene.name, nth);
            CHECK(saved);
            CHECK(sample.is_in(here.content(scene.saved_as)));
            CHECK(without(here.files(), scene.saved_as) == without(before, scene.saved_as));
            if (!faulty.failed())
                break;
            ++interruptions;
        }
    }
    std::printf("%zu interruptions injected\n", interruptions);
    CHECK(interruptions > 100);
}

TEST_CASE("a call that lies about what exists never harms what does")
{
    const sample_checkpoint sample;
    std::size_t             lies = 0;
    for (const save_scene& scene : support::save_scenes) {
        for (const int os_code : {ENOENT, EEXIST, ENOTDIR, ELOOP, EINVAL, ENOTSUP, EPERM}) {
            for (std::size_t nth = 1;; ++nth) {
                const scratch_directory here(support::quick_place());
                scene.prepare(here);
                const files        before = here.files();
                const std::size_t  open_before = support::open_descriptors();
                faulty_file_system faulty;
                faulty.skip_syncs();
                faulty.fail(nth, os_code);
                const auto saved = scene.save(here, sample, options_for(faulty, durability::full));
                CHECK(support::open_descriptors() == open_before);
                if (!faulty.failed()) {
                    CHECK(saved);
                    break;
                }
                ++lies;
                CAPTURE(scene.name, os_code, nth,
                        support::file_call_names[static_cast<std::size_t>(*faulty.failed())]);
                if (!saved) {
                    CHECK(here.files() == before);
                    continue;
                }
                // Under another number, perhaps, when told that one was taken.
                const std::string name = saved->path.substr(here.path().size() + 1);
                CHECK(sample.is_in(here.content(name)));
                files after = here.files();
                for (const auto& [known, content] : before) {
                    if (known != scene.saved_as)
                        CHECK(after[known] == content);
                }
            }
        }
    }
    std::printf("%zu lies told\n", lies);
    CHECK(lies > 1000);
}

TEST_CASE("after any two calls that fail a file is whole, old or new, and no content is lost")
{
    const sample_checkpoint sample;
    std::size_t             pairs = 0;
    for (const save_scene& scene : support::save_scenes) {
        bool first_fires = true;
        for (std::size_t first = 1; first_fires; ++first) {
            for (std::size_t second = first + 1;; ++second) {
                const scratch_directory here(support::quick_place());
                scene.prepare(here);
                const files        before = here.files();
                const std::size_t  open_before = support::open_descriptors();
                faulty_file_system faulty;
                faulty.skip_syncs();
                faulty.fail(first, second, EIO);
                const auto saved = scene.save(here, sample, options_for(faulty, durability::full));
                CHECK(support::open_descriptors() == open_before);
                first_fires = faulty.count() >= first;
                if (faulty.count() < second)
                    break; // the save was over before
                ++pairs;
                CAPTURE(scene.name, first, second);
                files after = here.files();
                for (const auto& [name, content] : before) {
                    if (name != scene.saved_as)
                        CHECK(after[name] == content);
                }
                const std::string visible = here.content(scene.saved_as);
                const bool        had_old = before.count(std::string(scene.saved_as)) != 0;
                const bool        is_old =
                    had_old ? visible == save_scene::old_content() : !here.has(scene.saved_as);
                CHECK((is_old || sample.is_in(visible)));
                if (saved)
                    CHECK(sample.is_in(visible));
                if (!saved && had_old)
                    CHECK((is_old || here.content("root/old.part") == save_scene::old_content()));
            }
        }
    }
    std::printf("%zu pairs of faults injected\n", pairs);
    CHECK(pairs > 400);
}
