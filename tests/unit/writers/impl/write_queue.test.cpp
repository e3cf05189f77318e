// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/part_file.hpp>
#include <stet/writers/impl/write_queue.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using stet::detail::ended_write;
using stet::detail::queue_workers;
using stet::detail::write_queue;
using support::faulty_file_system;
using support::file_call;

namespace {

constexpr stet::executor inline_jobs{.run = [](void*, void (*job)(void*), void* argument) { job(argument); }};

/// Writes 200 pieces, last first, with as many under way as the queue takes; what the file holds then.
std::string written_through(write_queue& queue, const support::scratch_directory& here,
                            const stet::part_file& part)
{
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < 200; ++i)
        pieces.push_back(std::string(10, static_cast<char>('a' + i % 26)));
    std::vector<unsigned> tags;
    const auto            wait = [&] {
        const ended_write ended = queue.wait();
        CHECK(ended.outcome.error == 0);
        CHECK(ended.outcome.value == 10);
        CHECK(ended.of.offset == ended.of.tag * 10);
        tags.push_back(ended.of.tag);
    };
    for (unsigned i = 200; i-- > 0;) {
        if (queue.under_way() == write_queue::most)
            wait();
        queue.begin({.file = part.handle(),
                     .offset = std::uint64_t{i} * 10,
                     .data = pieces[i].data(),
                     .size = 10,
                     .tag = i});
    }
    while (queue.under_way() != 0)
        wait();
    std::sort(tags.begin(), tags.end());
    CHECK(tags.size() == 200);
    CHECK(std::unique(tags.begin(), tags.end()) == tags.end());
    return here.content("x.part");
}

std::string expected_content()
{
    std::string all;
    for (std::size_t i = 0; i < 200; ++i)
        all += std::string(10, static_cast<char>('a' + i % 26));
    return all;
}

} // namespace

TEST_CASE("a queue writes the same by the kernel, by threads, by an executor and one after the other",
          "[thread]")
{
    stet::worker_threads pool(3);
    for (const queue_workers& workers :
         {queue_workers{.kernel = true}, queue_workers{.threads = 4}, queue_workers{.threads = 0},
          queue_workers{.jobs = pool.jobs()}, queue_workers{.jobs = inline_jobs}})
    {
        const support::scratch_directory here;
        const auto                       in = *stet::folder::open(stet::native_file_system(), here.path());
        auto                             part = stet::part_file::create(in, "x.part", "x");
        REQUIRE(part);
        write_queue queue(stet::native_file_system(), workers);
        CHECK(written_through(queue, here, *part) == expected_content());
    }
}

TEST_CASE("a queue heeds the calls it is given, even where the kernel offers one of its own", "[thread]")
{
    const support::scratch_directory here;
    faulty_file_system               faulty;
    const auto                       in = *stet::folder::open(faulty.calls(), here.path());
    auto                             part = stet::part_file::create(in, "x.part", "x");
    REQUIRE(part);
    write_queue queue(faulty.calls(), {.kernel = true});
    CHECK_FALSE(queue.is_in_kernel());
    CHECK(written_through(queue, here, *part) == expected_content());
    CHECK(faulty.count(file_call::write_at) == 200);
}

TEST_CASE("a write that fails is told as it failed, and an interrupted one is made again", "[thread]")
{
    const support::scratch_directory here;
    faulty_file_system               faulty;
    const auto                       in = *stet::folder::open(faulty.calls(), here.path());
    auto                             part = stet::part_file::create(in, "x.part", "x");
    REQUIRE(part);
    write_queue queue(faulty.calls(), {.threads = 1});

    faulty.fail(file_call::write_at, 1, ENOSPC);
    queue.begin({.file = part->handle(), .offset = 0, .data = "x", .size = 1, .tag = 5});
    const ended_write refused = queue.wait();
    CHECK(refused.of.tag == 5);
    CHECK(refused.outcome.error == ENOSPC);

    faulty.fail(file_call::write_at, 1, EINTR);
    queue.begin({.file = part->handle(), .offset = 0, .data = "x", .size = 1, .tag = 6});
    CHECK(queue.wait().outcome.value == 1);
    CHECK(here.content("x.part") == "x");
}

TEST_CASE("a queue that goes waits for what is under way", "[thread]")
{
    const support::scratch_directory here;
    const auto                       in = *stet::folder::open(stet::native_file_system(), here.path());
    auto                             part = stet::part_file::create(in, "x.part", "x");
    REQUIRE(part);
    for (const bool kernel : {true, false}) {
        const std::string large(1'000'000, kernel ? 'k' : 't');
        {
            write_queue queue(stet::native_file_system(), {.kernel = kernel, .threads = 2});
            queue.begin(
                {.file = part->handle(), .offset = 0, .data = large.data(), .size = large.size(), .tag = 0});
        }
        CHECK(here.content("x.part") == large);
    }
}
