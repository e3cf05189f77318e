// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/file_writers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>

using stet::automatic_settings;
using stet::durability;
using stet::exact_path;
using support::faulty_file_system;
using support::file_call;
using support::mixed_checkpoint;
using support::scratch_directory;

namespace {

struct calls_made {
    std::size_t direct, through_cache;
};

calls_made calls_of(std::uint64_t large, durability lasting)
{
    const mixed_checkpoint   sample;
    const scratch_directory  here;
    faulty_file_system       faulty;
    const automatic_settings settings{
        .large_durable = large, .large = large, .hybrid = {.blocks = {.block_size = 65536}}};
    CHECK(sample.save(
        exact_path{here / "x"},
        {.durability = lasting, .writer = stet::automatic_writer(settings), .file_system = &faulty.calls()}));
    CHECK(here.content("x") == sample.file());
    return {.direct = faulty.count(file_call::open_direct), .through_cache = faulty.count(file_call::write)};
}

} // namespace

TEST_CASE("the automatic writer takes the usual way for a smaller file", "[thread]")
{
    for (const durability lasting : {durability::none, durability::full}) {
        const calls_made made = calls_of(1'000'000'000, lasting);
        CHECK(made.direct == 0);
        CHECK(made.through_cache > 0);
    }
}

#if !defined(_WIN32) // on Windows nothing goes past the cache

TEST_CASE("the automatic writer takes the direct way for a large file, and both ways unless it is to last",
          "[thread]")
{
    for (const durability lasting : {durability::none, durability::full}) {
        const calls_made made = calls_of(1, lasting);
        CHECK(made.direct == 1);
        CHECK(made.through_cache == 0);
    }
}

#endif
