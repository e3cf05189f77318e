// SPDX-License-Identifier: MIT
// The process ends, without a chance to clean up, before each call of a save.
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/faulty_file_system.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/save_scenes.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

using support::faulty_file_system;
using support::sample_checkpoint;
using support::save_scene;
using support::scratch_directory;

TEST_CASE("a process killed at any moment leaves every file whole, and the next save succeeds", "[states]")
{
    const sample_checkpoint sample;
    std::size_t             kills = 0;
    for (const save_scene& scene : support::save_scenes) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here;
            scene.prepare(here);
            const auto before = here.files();
            const int  outcome = support::in_child([&] {
                faulty_file_system         faulty;
                std::array<std::byte, 300> staging{};
                const auto                 end = [] { ::raise(SIGKILL); };
                faulty.skip_syncs();
                faulty.before_nth(nth, end);
                return scene.save(here, sample, {.staging = staging, .file_system = &faulty.calls()}) ? 0 : 1;
            });
            CAPTURE(scene.name, nth);
            if (outcome == 0)
                break;
            ++kills;
            REQUIRE(outcome == -SIGKILL);

            auto after = here.files();
            for (const auto& [name, content] : before) {
                if (name != scene.saved_as)
                    CHECK(after[name] == content);
            }
            for (const auto& [name, content] : after) {
                const bool is_known = before.count(name) != 0 && before.at(name) == content;
                CHECK((is_known || name.ends_with(stet::part_extension) || sample.is_in(here.content(name))));
            }

            const sample_checkpoint next(2);
            const auto              saved = scene.save(here, next, {.durability = stet::durability::none});
            if (saved) {
                CHECK(next.is_in(here.content(std::string_view(saved->path).substr(here.path().size() + 1))));
            } else { // killed after the file had its name
                CHECK(scene.existing == stet::existing_file::refuse);
                CHECK(saved.error().code == stet::errc::name_taken);
                CHECK(sample.is_in(here.content(scene.saved_as)));
            }
        }
    }
    std::printf("%zu processes killed\n", kills);
    CHECK(kills > 100);
}

#endif
