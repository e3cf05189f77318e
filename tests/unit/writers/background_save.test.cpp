// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/background_save.hpp>
#include <stet/writers/file_writers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstdint>
#include <string>

using stet::background_save;
using stet::exact_path;
using support::mixed_checkpoint;
using support::scratch_directory;

TEST_CASE("a plan saved in the background is the file that a save writes", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    const auto              plan = sample.plan();
    REQUIRE(plan);
    stet::worker_threads       pool(1);
    std::atomic<std::uint64_t> seen = 0;
    const auto                 see = [&](const stet::progress& at) {
        seen = at.bytes_done;
        return true;
    };
    const std::string path = here / "x";
    background_save   saving(*plan, exact_path{path}, {.progress = see}, pool.jobs());
    const auto&       saved = saving.wait();
    REQUIRE(saved);
    CHECK(saved->path == path);
    CHECK(saving.is_done());
    CHECK(saving.bytes_done() == saved->bytes);
    CHECK(saving.bytes_total() == saved->bytes);
    CHECK(seen == saved->bytes);
    CHECK(here.content("x") == sample.file());
}

TEST_CASE("a save in the background can be cancelled, and leaves no file then", "[thread]")
{
    struct gate {
        void (*job)(void*) = nullptr;
        void* argument = nullptr;
    } held;
    const mixed_checkpoint  sample;
    const scratch_directory here;
    const auto              plan = sample.plan();
    REQUIRE(plan);
    const stet::executor when_told{.context = &held, .run = [](void* to, void (*job)(void*), void* argument) {
                                       *static_cast<gate*>(to) = {.job = job, .argument = argument};
                                   }};
    background_save      saving(*plan, stet::numbered{here.path(), "x"}, {}, when_told);
    CHECK_FALSE(saving.is_done());
    CHECK(saving.bytes_done() == 0);
    saving.cancel();
    held.job(held.argument);
    CHECK(saving.is_done());
    REQUIRE_FALSE(saving.wait());
    CHECK(saving.wait().error().code == stet::errc::cancelled);
    CHECK(here.entries().empty());
}

TEST_CASE("a background save that goes out of scope is finished first", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    const auto              plan = sample.plan();
    REQUIRE(plan);
    stet::worker_threads pool(1);
    const std::string    path = here / "x";
    {
        const background_save saving(*plan, exact_path{path}, {}, pool.jobs());
    }
    CHECK(here.content("x") == sample.file());
}

TEST_CASE("the caller's own callback can still stop a background save", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    const auto              plan = sample.plan();
    REQUIRE(plan);
    stet::worker_threads pool(1);
    const auto           stop = [](const stet::progress&) { return false; };
    const std::string    path = here / "x";
    background_save      saving(*plan, exact_path{path}, {.progress = stop}, pool.jobs());
    REQUIRE_FALSE(saving.wait());
    CHECK(saving.wait().error().code == stet::errc::cancelled);
}
