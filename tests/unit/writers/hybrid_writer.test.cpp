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
#include <map>
#include <string>

using stet::exact_path;
using stet::hybrid_settings;
using support::faulty_file_system;
using support::file_call;
using support::mixed_checkpoint;
using support::scratch_directory;

namespace {

constexpr stet::executor inline_jobs{.run = [](void*, void (*job)(void*), void* argument) { job(argument); }};

} // namespace

TEST_CASE("a file written both ways at once has the same bytes", "[thread]")
{
    const mixed_checkpoint sample;
    const std::string      expected = sample.file();
    const std::size_t      before = support::open_descriptors();
    stet::worker_threads   pool(1);
    for (const std::uint64_t most_cached :
         {std::uint64_t{0}, std::uint64_t{20'000}, std::uint64_t{700'000}, UINT64_MAX})
    {
        for (const stet::executor jobs : {stet::executor{}, pool.jobs(), inline_jobs}) {
            const scratch_directory here;
            const hybrid_settings   settings{.most_cached = most_cached,
                                             .blocks = {.block_size = 16384, .blocks = 3, .jobs = jobs}};
            REQUIRE(sample.save(exact_path{here / "x"}, {.durability = stet::durability::none,
                                                         .writer = stet::hybrid_writer(settings)}));
            CHECK(here.content("x") == expected);
        }
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("where nothing can go past the cache the whole file goes through it", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    faulty_file_system      faulty;
    faulty.fail_each(file_call::open_direct, EINVAL);
    REQUIRE(sample.save(exact_path{here / "x"},
                        {.writer = stet::hybrid_writer(), .file_system = &faulty.calls()}));
    CHECK(here.content("x") == sample.file());
    CHECK(faulty.count(file_call::write_at) == 0);
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("a failure on either thread ends a hybrid save with its own error", "[thread]")
{
    const mixed_checkpoint sample;
    const hybrid_settings  settings{.blocks = {.block_size = 16384, .blocks = 3}};
    for (std::size_t nth = 1; nth < 20; ++nth) {
        const scratch_directory here;
        faulty_file_system      faulty;
        faulty.fail(file_call::write_at, nth, ENOSPC);
        const auto saved = sample.save(exact_path{here / "x"}, {.writer = stet::hybrid_writer(settings),
                                                                .file_system = &faulty.calls()});
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == stet::errc::disk_full);
        CHECK(here.entries().empty());
    }
}

#endif

TEST_CASE("progress of both threads is told one call at a time, and stops both", "[thread]")
{
    const mixed_checkpoint sample;
    for (const int stop_at : {1, 50, 150, 100'000}) {
        const scratch_directory here;
        int                     steps = 0; // not atomic: calls never overlap
        std::uint64_t           last = 0;
        const auto              see = [&](const stet::progress& at) {
            last = at.bytes_done;
            return ++steps < stop_at;
        };
        const auto saved =
            sample.save(exact_path{here / "x"}, {.progress = see, .writer = stet::hybrid_writer()});
        if (stop_at == 100'000) {
            REQUIRE(saved);
            CHECK(last == saved->bytes);
            continue;
        }
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == stet::errc::cancelled);
        CHECK(here.entries().empty());
    }
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("a header that does not fit the block fails where it is written")
{
    const mixed_checkpoint                   sample;
    const std::map<std::string, std::string> large{{"k", std::string(std::size_t{3} << 20U, 'x')}};
    const hybrid_settings   settings{.most_percent = 95, .blocks = {.block_size = 16384, .blocks = 3}};
    const scratch_directory here;
    faulty_file_system      faulty;
    faulty.fail_each(file_call::write_at, ENOSPC);
    const auto saved = sample.save(
        exact_path{here / "x"},
        {.metadata = large, .writer = stet::hybrid_writer(settings), .file_system = &faulty.calls()});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == stet::errc::disk_full);
    CHECK(here.entries().empty());
}

#endif

TEST_CASE("any share of a file goes through the cache", "[thread]")
{
    const mixed_checkpoint sample;
    for (const unsigned percent : {0U, 1U, 99U, 100U}) {
        const scratch_directory here;
        const hybrid_settings   settings{.most_percent = percent};
        REQUIRE(sample.save(exact_path{here / "x"}, {.writer = stet::hybrid_writer(settings)}));
        CHECK(here.content("x") == sample.file());
    }
}

TEST_CASE("a hybrid save without memory says so and leaves nothing", "[thread]")
{
    const hybrid_settings settings{.blocks = {.block_size = 16384, .blocks = 3}};
    CHECK(support::allocations_of_save(stet::hybrid_writer(settings)) > 3);
}
