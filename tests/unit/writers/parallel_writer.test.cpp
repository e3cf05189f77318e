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
#include <cstdint>

using stet::exact_path;
using stet::parallel_settings;
using support::faulty_file_system;
using support::file_call;
using support::mixed_checkpoint;
using support::scratch_directory;

TEST_CASE("a file has the same bytes whatever number of threads writes it", "[thread]")
{
    const mixed_checkpoint sample;
    const std::string      expected = sample.file();
    for (const unsigned workers : {0U, 1U, 2U, 5U}) {
        stet::worker_threads pool(workers);
        for (const std::size_t portion : {std::size_t{1}, std::size_t{1000}, std::size_t{4} << 20U}) {
            const scratch_directory here;
            const parallel_settings settings{
                .jobs = pool.jobs(), .workers = workers, .staging = 5000, .portion = portion};
            std::uint64_t last = 0;
            const auto    see = [&](const stet::progress& at) {
                last = at.bytes_done;
                return true;
            };
            const auto saved = sample.save(exact_path{here / "x"},
                                           {.progress = see, .writer = stet::parallel_writer(settings)});
            REQUIRE(saved);
            CHECK(here.content("x") == expected);
            CHECK(last == saved->bytes);
        }
    }
}

TEST_CASE("an executor that runs jobs late does not keep the calling thread from writing", "[thread]")
{
    struct held_job {
        void (*function)(void*) = nullptr;
        void* argument = nullptr;
    };
    const mixed_checkpoint  sample;
    const scratch_directory here;
    held_job                held;
    const stet::executor    late{.context = &held, .run = [](void* to, void (*job)(void*), void* argument) {
                                  *static_cast<held_job*>(to) = {.function = job, .argument = argument};
                              }};
    const parallel_settings settings{.jobs = late, .portion = 1};
    stet::worker_threads    pool(1);
    // The job begins when the calling thread has written half of the file by itself.
    const auto begin_job = [&](const stet::progress& at) {
        if (held.function != nullptr && at.bytes_done * 2 > at.bytes_total) {
            pool.jobs().run(pool.jobs().context, held.function, held.argument);
            held = {};
        }
        return true;
    };
    REQUIRE(sample.save(exact_path{here / "x"},
                        {.progress = begin_job, .writer = stet::parallel_writer(settings)}));
    CHECK(here.content("x") == sample.file());
}

TEST_CASE("staging memory of one byte is enough")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    stet::worker_threads    pool(1);
    const parallel_settings settings{.jobs = pool.jobs(), .staging = 1};
    REQUIRE(sample.save(exact_path{here / "x"},
                        {.durability = stet::durability::none, .writer = stet::parallel_writer(settings)}));
    CHECK(here.content("x") == sample.file());
}

TEST_CASE("without positional writes, an executor or workers, one thread writes in order", "[thread]")
{
    const mixed_checkpoint sample;
    stet::worker_threads   pool(1);
    for (int lacking = 0; lacking < 3; ++lacking) {
        const scratch_directory here;
        faulty_file_system      faulty;
        stet::file_system       calls = faulty.calls();
        parallel_settings       settings{.jobs = pool.jobs()};
        if (lacking == 0)
            calls.write_at = nullptr;
        if (lacking == 1)
            settings.jobs = {};
        if (lacking == 2)
            settings.workers = 0;
        REQUIRE(sample.save(exact_path{here / "x"},
                            {.writer = stet::parallel_writer(settings), .file_system = &calls}));
        CHECK(here.content("x") == sample.file());
        CHECK(faulty.count(file_call::write_at) == 0);
    }
}

TEST_CASE("a failing write, producer or caller stops every thread and leaves no file", "[thread]")
{
    mixed_checkpoint        sample;
    stet::worker_threads    pool(3);
    const parallel_settings settings{.jobs = pool.jobs(), .workers = 3, .staging = 5000, .portion = 1000};
    for (std::size_t nth = 1; nth < 30; nth += 3) {
        const scratch_directory here;
        faulty_file_system      faulty;
        faulty.fail(file_call::write_at, nth, EIO);
        const auto saved = sample.save(exact_path{here / "x"}, {.writer = stet::parallel_writer(settings),
                                                                .file_system = &faulty.calls()});
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == stet::errc::io_failure);
        CHECK(here.entries().empty());

        int        steps = 0;
        const auto stop = [&](const stet::progress&) { return ++steps < static_cast<int>(nth); };
        const auto cancelled = sample.save(exact_path{here / "x"},
                                           {.progress = stop, .writer = stet::parallel_writer(settings)});
        REQUIRE_FALSE(cancelled);
        CHECK(cancelled.error().code == stet::errc::cancelled);
        CHECK(here.entries().empty());
    }
    sample.fail({.code = stet::errc::source_refused});
    const scratch_directory here;
    const auto refused = sample.save(exact_path{here / "x"}, {.writer = stet::parallel_writer(settings)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::source_refused);
    CHECK(refused.error().subject() == "model.diffusion_model.made");
}

TEST_CASE("all memory of a parallel save comes from the plan's allocator, and none is an error", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    stet::worker_threads    pool(1);
    const parallel_settings settings{.jobs = pool.jobs(), .staging = 5000};
    support::counting_heap  heap;
    const auto              plan = sample.plan({.allocator = heap.allocator()});
    REQUIRE(plan);
    heap.fail_from(heap.allocations() + 1);
    const auto saved = stet::save(*plan, exact_path{here / "x"}, {.writer = stet::parallel_writer(settings)});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == stet::errc::out_of_memory);
    CHECK(here.entries().empty());
}

TEST_CASE("a header that cannot be written ends a parallel save")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    faulty_file_system      faulty;
    faulty.fail_each(file_call::write_at, ENOSPC);
    stet::worker_threads pool(1);
    for (const std::size_t staging : {std::size_t{100}, std::size_t{1} << 20U}) {
        const parallel_settings settings{.jobs = pool.jobs(), .staging = staging};
        const auto saved = sample.save(exact_path{here / "x"}, {.writer = stet::parallel_writer(settings),
                                                                .file_system = &faulty.calls()});
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == stet::errc::disk_full);
        CHECK(here.entries().empty());
    }
}

TEST_CASE("whichever memory of a parallel save is missing, it is told and nothing is left", "[thread]")
{
    stet::worker_threads    pool(1);
    const parallel_settings settings{.jobs = pool.jobs(), .staging = 5000};
    CHECK(support::allocations_of_save(stet::parallel_writer(settings)) > 3);
}
