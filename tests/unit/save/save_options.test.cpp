// SPDX-License-Identifier: MIT
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/part_file.hpp>
#include <stet/save/save.hpp>
#include <stet/save/save_options.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("a save writes through the writer it is given, with that writer's settings")
{
    struct seen {
        int calls = 0;
    };
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    seen                             calls;
    const stet::file_writer          counted{.write = [](const void* settings, const stet::header& head,
                                                stet::part_file&          file,
                                                const stet::save_options& options) -> stet::result<void> {
                                        ++const_cast<seen*>(static_cast<const seen*>(settings))->calls;
                                        return stet::write(head, file, {.progress = options.progress});
                                    },
                                             .settings = &calls};

    const auto saved = sample.save(stet::exact_path{here / "x"}, {.writer = counted});

    REQUIRE(saved);
    CHECK(calls.calls == 1);
    CHECK(sample.is_in(here.content("x")));
}

TEST_CASE("what a writer fails with ends the save without a file")
{
    const support::sample_checkpoint sample;
    const support::scratch_directory here;
    const stet::file_writer failing{.write = [](const void*, const stet::header&, stet::part_file& file,
                                                const stet::save_options&) -> stet::result<void> {
        return stet::error{.code = stet::errc::io_failure}.about(file.path());
    }};

    const auto saved = sample.save(stet::numbered{here.path(), "x"}, {.writer = failing});

    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == stet::errc::io_failure);
    CHECK(here.entries().empty());
}
