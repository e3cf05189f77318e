// SPDX-License-Identifier: MIT
// Each call that the writers of parallel/ make fails once, on whichever thread it is made.
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/hybrid_writer.hpp>
#include <stet/writers/parallel_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>

using support::faulty_file_system;
using support::mixed_checkpoint;
using support::scratch_directory;

TEST_CASE("whichever call of whichever writer fails, the old file is intact or the new one whole", "[thread]")
{
    const mixed_checkpoint        sample;
    const std::string             expected = sample.file();
    stet::worker_threads          pool(1);
    const stet::block_settings    blocks{.block_size = 128 * 1024, .blocks = 3};
    const stet::hybrid_settings   both{.blocks = blocks};
    const stet::parallel_settings portions{.jobs = pool.jobs(), .portion = 200'000};
    const std::array              writers{stet::direct_writer(blocks), stet::overlapped_writer(blocks),
                             stet::hybrid_writer(both), stet::parallel_writer(portions)};
    std::size_t                   faults = 0;
    std::size_t                   survived = 0;
    for (const stet::file_writer writer : writers) {
        for (const int os_code : {EIO, ENOSPC, EINVAL, EINTR, EAGAIN}) {
            for (std::size_t nth = 1;; ++nth) {
                const scratch_directory here;
                here.put("x", "the old file");
                const std::size_t  open_before = support::open_descriptors();
                faulty_file_system faulty;
                faulty.skip_syncs();
                faulty.fail(nth, os_code);
                const auto saved = sample.save(stet::exact_path{here / "x", stet::existing_file::replace},
                                               {.writer = writer, .file_system = &faulty.calls()});
                CAPTURE(os_code, nth);
                CHECK(support::open_descriptors() == open_before);
                CHECK(here.entries().size() == 1);
                CHECK(here.content("x") == (saved ? expected : "the old file"));
                if (!faulty.failed()) {
                    CHECK(saved);
                    break;
                }
                ++faults;
                survived += saved ? 1U : 0U;
                if (!saved)
                    CHECK(saved.error().code == stet::errc_of(os_code));
                if (os_code == EINTR)
                    CHECK(saved);
            }
        }
    }
    std::printf("%zu faults injected into four writers, %zu of them survived\n", faults, survived);
    CHECK(faults > 300);
}
