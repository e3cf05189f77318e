// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/read_plans/impl/joint_read.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using stet::detail::joint_read;
using stet::detail::read_steps;
using stet::read_plans::make_read_plan;
using stet::read_plans::wanted;

namespace {

/// A thousand bytes, of which each request takes ten.
struct scene {
    std::array<std::uint64_t, 1> shape{1'000};
    std::vector<std::byte>       to = std::vector<std::byte>(1'000);
    std::array<wanted, 1>        all{wanted{.name = "w", .shape = shape, .to = to}};
    stet::read_plans::read_plan  plan = *make_read_plan(all, 1'000, {.max_request = 10});
    read_steps                   steps{plan, all, 0};
};

/// Fails from some offsets on, and counts.
struct failing_source {
    std::uint64_t                    first_failure;
    mutable std::atomic<std::size_t> reads = 0;

    std::uint64_t      size() const { return 1'000; }
    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const
    {
        ++reads;
        if (offset >= first_failure)
            return stet::error{.code = stet::errc::io_failure, .actual = offset};
        for (std::byte& each : buffer)
            each = static_cast<std::byte>(offset / 10);
        return {};
    }
};

} // namespace

TEST_CASE("every request is read once, by however many threads", "[thread]")
{
    for (const unsigned others : {0U, 1U, 3U}) {
        scene                            read;
        failing_source                   source{.first_failure = 1'000};
        stet::worker_threads             threads(others);
        std::array<joint_read::share, 4> shares{};
        {
            joint_read all(read.steps, source);
            for (unsigned i = 0; i < others; ++i)
                all.give(threads.jobs(), shares[i + 1]);
            CHECK(support::failure(all.finish(shares[0])) == "none");
        }
        CHECK(source.reads == 100);
        for (std::size_t i = 0; i < 1'000; ++i)
            CHECK(read.to[i] == static_cast<std::byte>(i / 10));
    }
}

TEST_CASE("the first request that fails is told, and no more are read", "[thread]")
{
    scene                            read;
    failing_source                   source{.first_failure = 400};
    stet::worker_threads             threads(3);
    std::array<joint_read::share, 4> shares{};
    joint_read                       all(read.steps, source);
    for (std::size_t i = 1; i < 4; ++i)
        all.give(threads.jobs(), shares[i]);
    const auto outcome = all.finish(shares[0]);
    REQUIRE(support::failure(outcome) == "io_failure");
    CHECK(outcome.error().subject() == "w");
    CHECK(outcome.error().actual == 400);
    CHECK(source.reads < 50);
}

TEST_CASE("one that goes without being finished waits for its jobs", "[thread]")
{
    scene                            read;
    failing_source                   source{.first_failure = 1'000};
    stet::worker_threads             threads(2);
    std::array<joint_read::share, 2> shares{};
    {
        joint_read all(read.steps, source);
        for (auto& each : shares)
            all.give(threads.jobs(), each);
    }
    const std::size_t reads = source.reads;
    CHECK(reads <= 100);
    CHECK(source.reads == reads);
}
