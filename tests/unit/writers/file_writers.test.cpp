// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/open_descriptors.hpp"
#include "support/save_without_memory.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/file_writers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>

using stet::block_settings;
using stet::exact_path;
using support::faulty_file_system;
using support::file_call;
using support::mixed_checkpoint;
using support::scratch_directory;

TEST_CASE("a file written past the cache or from another thread has the same bytes", "[thread]")
{
    const mixed_checkpoint sample;
    const std::string      expected = sample.file();
    const std::size_t      before = support::open_descriptors();
    stet::worker_threads   pool(2);
    for (const block_settings& settings :
         {block_settings{}, block_settings{.block_size = 4096, .blocks = 2},
          block_settings{.block_size = 12288, .blocks = 5}, block_settings{.blocks = 32},
          block_settings{.block_size = 65536, .blocks = 4, .jobs = pool.jobs()}})
    {
        for (const stet::file_writer writer :
             {stet::direct_writer(settings), stet::overlapped_writer(settings)})
        {
            for (const stet::durability lasting : {stet::durability::none, stet::durability::full}) {
                const scratch_directory here;
                REQUIRE(sample.save(exact_path{here / "x"}, {.durability = lasting, .writer = writer}));
                CHECK(here.content("x") == expected);
                CHECK(here.entries().size() == 1);
            }
        }
    }
    CHECK(support::open_descriptors() == before);
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("with calls of another file system the direct way is taken by threads", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    faulty_file_system      faulty;
    const block_settings    settings{.block_size = 8192, .blocks = 4};
    REQUIRE(sample.save(exact_path{here / "x"},
                        {.writer = stet::direct_writer(settings), .file_system = &faulty.calls()}));
    CHECK(here.content("x") == sample.file());
    CHECK(faulty.count(file_call::open_direct) == 1);
    CHECK(faulty.count(file_call::write) + faulty.count(file_call::write_at) > 10);
}

#endif

TEST_CASE("where a file system has no direct or no positional writes, the usual way is taken", "[thread]")
{
    const mixed_checkpoint sample;
    for (int lacking = 0; lacking < 4; ++lacking) {
        const scratch_directory here;
        faulty_file_system      faulty;
        stet::file_system       calls = faulty.calls();
        if (lacking == 0)
            calls.open_direct = nullptr;
        if (lacking == 1)
            faulty.fail_each(file_call::open_direct, EINVAL);
        if (lacking >= 2)
            calls.write_at = nullptr;
        const auto writer = lacking == 3 ? stet::overlapped_writer() : stet::direct_writer();
        REQUIRE(sample.save(exact_path{here / "x"}, {.writer = writer, .file_system = &calls}));
        CHECK(here.content("x") == sample.file());
        CHECK(faulty.count(file_call::write_at) == 0);
        CHECK(faulty.count(file_call::write) > 0);
    }
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("a direct handle is only used for the file it was opened for", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    here.put("other", "untouched");
    faulty_file_system faulty;
    // Somebody puts another file under the part file's name before it is opened again.
    auto swap = [&] {
        here.rename("x.part", "moved");
        here.rename("other", "x.part");
    };
    faulty.before(file_call::open_direct, swap);
    static_cast<void>(sample.save(exact_path{here / "x"},
                                  {.writer = stet::direct_writer(), .file_system = &faulty.calls()}));
    const std::string kept = here.content("x") + here.content("x.part");
    CHECK((kept.empty() || kept == "untouched"));
}

#endif

TEST_CASE("a producer's failure and a cancelled save end a direct write without a file", "[thread]")
{
    mixed_checkpoint sample;
    for (const stet::file_writer writer : {stet::direct_writer(), stet::overlapped_writer()}) {
        const scratch_directory here;
        std::size_t             steps = 0;
        const auto              stop = [&](const stet::progress&) { return ++steps < 100; };
        const auto cancelled = sample.save(exact_path{here / "x"}, {.progress = stop, .writer = writer});
        REQUIRE_FALSE(cancelled);
        CHECK(cancelled.error().code == stet::errc::cancelled);
        CHECK(here.entries().empty());
    }
    sample.fail({.code = stet::errc::source_refused, .os_code = 7});
    for (const stet::file_writer writer : {stet::direct_writer(), stet::overlapped_writer()}) {
        const scratch_directory here;
        const auto              refused = sample.save(exact_path{here / "x"}, {.writer = writer});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == stet::errc::source_refused);
        CHECK(refused.error().subject() == "model.diffusion_model.made");
        CHECK(here.entries().empty());
    }
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("a direct save reports every byte, and takes no more memory than its ring", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    std::uint64_t           last = 0;
    bool                    ascends = true;
    const auto              see = [&](const stet::progress& at) {
        ascends = ascends && at.bytes_done >= last;
        last = at.bytes_done;
        return true;
    };
    support::counting_heap heap;
    const block_settings   settings{.block_size = 65536, .blocks = 4};
    const auto             plan = sample.plan({.allocator = heap.allocator()});
    REQUIRE(plan);
    const std::size_t planned = heap.live_bytes();
    const auto        saved =
        stet::save(*plan, exact_path{here / "x"}, {.progress = see, .writer = stet::direct_writer(settings)});
    REQUIRE(saved);
    CHECK(ascends);
    CHECK(last == saved->bytes);
    CHECK(heap.peak_bytes() <= planned + 4 * (65536 + 4096) + 4096);
}

#endif

TEST_CASE("a direct save without memory says so and leaves nothing", "[thread]")
{
    const block_settings settings{.block_size = 16384, .blocks = 3};
    CHECK(support::allocations_of_save(stet::direct_writer(settings)) > 3);
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("a write that fails beneath a long header ends a direct save")
{
    constexpr stet::executor at_once{.run = [](void*, void (*job)(void*), void* argument) { job(argument); }};
    const block_settings     settings{.block_size = 4096, .blocks = 2, .jobs = at_once};
    const mixed_checkpoint   sample;
    for (std::size_t size = 0; size < 8192; size += 1000) { // the header ends anywhere in a block
        const std::map<std::string, std::string> metadata{{"k", std::string(size, 'x')}};
        for (std::size_t nth = 1; nth < 12; ++nth) {
            const scratch_directory here;
            faulty_file_system      faulty;
            faulty.fail(file_call::write_at, nth, ENOSPC);
            const auto saved = sample.save(exact_path{here / "x"}, {.metadata = metadata,
                                                                    .durability = stet::durability::none,
                                                                    .writer = stet::direct_writer(settings),
                                                                    .file_system = &faulty.calls()});
            REQUIRE_FALSE(saved);
            CHECK(saved.error().code == stet::errc::disk_full);
            CHECK(here.entries().empty());
        }
    }
}

#endif
