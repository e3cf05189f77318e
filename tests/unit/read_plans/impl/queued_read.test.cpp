// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/read_plans/impl/queued_read.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

using stet::detail::queued_read;
using stet::detail::read_steps;
using stet::read_plans::make_read_plan;
using stet::read_plans::rules;
using stet::read_plans::wanted;

namespace {

std::string some_text(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text += static_cast<char>('a' + i * 7 % 23);
    return text;
}

/// Three tensors of a file, and what is read of them.
struct scene {
    support::scratch_directory   here{};
    std::string                  content = some_text(300'000);
    std::array<std::uint64_t, 3> sizes{100'000, 10, 150'000};
    std::vector<std::byte>       to = std::vector<std::byte>(250'010);
    std::array<wanted, 3>        all{
        wanted{.name = "a", .offset = 10, .shape = {&sizes[0], 1}, .to = std::span(to).first(100'000)},
        wanted{.name = "b",
                      .offset = 100'020,
                      .shape = {&sizes[1], 1},
                      .to = std::span(to).subspan(100'000, 10)},
        wanted{
                   .name = "c", .offset = 100'050, .shape = {&sizes[2], 1}, .to = std::span(to).subspan(100'010)}};

    scene() { here.put("x", content); }

    std::string wanted_text() const
    {
        return content.substr(10, 100'000) + content.substr(100'020, 10) + content.substr(100'050, 150'000);
    }
    std::string read_text() const
    {
        std::string text;
        for (const std::byte each : to)
            text += static_cast<char>(each);
        return text;
    }
};

bool has_queue()
{
    const stet::detail::io_uring ring(2);
    if (!ring.is_open())
        std::puts("this kernel offers no queue to this program: nothing to test");
    return ring.is_open();
}

} // namespace

TEST_CASE("no plan is read through a queue of depth zero")
{
    scene            given;
    const auto       file = stet::file_source::open((given.here / "x").c_str());
    const auto       plan = make_read_plan(given.all, 300'000);
    const read_steps steps(*plan, given.all, 0);
    CHECK_FALSE(queued_read(steps, *file, 0, stet::heap()).is_open());
}

TEST_CASE("the kernel's queue reads every piece to its place, at any depth")
{
    if (!has_queue())
        return;
    for (const unsigned depth : {1U, 2U, 32U}) {
        for (const std::uint64_t least_direct : {0U, 1U, 1'000U}) {
            scene      given;
            const auto file = stet::file_source::open((given.here / "x").c_str());
            const auto plan = make_read_plan(given.all, 300'000, {.max_request = 4'096});
            REQUIRE(plan);
            const read_steps steps(*plan, given.all, least_direct);
            queued_read      queue(steps, *file, depth, stet::heap());
            REQUIRE(queue.is_open());
            CHECK(support::failure(queue.run(*steps.most_staged())) == "none");
            CHECK(given.read_text() == given.wanted_text());
        }
    }
}

TEST_CASE("a file that was cut short meanwhile is an error about the tensor")
{
    if (!has_queue())
        return;
    scene      given;
    const auto file = stet::file_source::open((given.here / "x").c_str());
    const auto plan = make_read_plan(given.all, 300'000, {.max_request = 4'096});
    REQUIRE(plan);
    std::filesystem::resize_file(given.here / "x", 200'000);
    const read_steps steps(*plan, given.all, 0);
    queued_read      queue(steps, *file, 16, stet::heap());
    const auto       outcome = queue.run(*steps.most_staged());
    REQUIRE(support::failure(outcome) == "incomplete_data");
    CHECK(outcome.error().subject() == "c");
    CHECK(outcome.error().actual == 200'000);
}

TEST_CASE("a queue without memory reads nothing")
{
    if (!has_queue())
        return;
    scene      given;
    const auto file = stet::file_source::open((given.here / "x").c_str());
    const auto plan = make_read_plan(given.all, 300'000);
    REQUIRE(plan);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const read_steps steps(*plan, given.all, 0);
              queued_read      queue(steps, *file, 2, memory);
              return support::failure(queue.run(*steps.most_staged()));
          }) == 2);
}
