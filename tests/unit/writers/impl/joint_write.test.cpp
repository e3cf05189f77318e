// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/mixed_checkpoint.hpp"

#include <stet/writers/executor.hpp>
#include <stet/writers/impl/joint_write.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstdint>

using stet::errc;
using stet::detail::joint_share;
using stet::detail::joint_write;

namespace {

struct counted_share : joint_share {
    std::atomic<int>*  count = nullptr;
    stet::result<void> outcome{};

    stet::result<void> write() const
    {
        ++*count;
        return outcome;
    }
};

/// Tells progress until it is stopped.
struct endless_share : joint_share {
    std::atomic<int>* count = nullptr;

    stet::result<void> write() const
    {
        stet::detail::shared_progress::part part(with->progress(), 0);
        while (part({.bytes_done = 0, .bytes_total = 0, .tensor = {}}))
            ++*count;
        return stet::error{.code = errc::cancelled};
    }
};

} // namespace

TEST_CASE("a joint write ends when every share has, and tells the last progress", "[thread]")
{
    const support::mixed_checkpoint sample;
    const auto                      plan = sample.plan();
    REQUIRE(plan);
    const auto head = stet::make_header(*plan);
    REQUIRE(head);
    stet::worker_threads pool(2);
    std::uint64_t        last = 0;
    const auto           see = [&](const stet::progress& at) {
        last = at.bytes_done;
        return true;
    };
    std::atomic<int>             count = 0;
    std::array<counted_share, 5> shares;
    joint_write                  all(*head, see, 0);
    for (counted_share& share : shares) {
        share.count = &count;
        all.give(pool.jobs(), share);
    }
    CHECK(all.finish({}));
    CHECK(count == 5);
    CHECK(last == head->file_size());
}

TEST_CASE("the failure of one share is that of all, and stops the others", "[thread]")
{
    const support::mixed_checkpoint sample;
    const auto                      plan = sample.plan();
    REQUIRE(plan);
    const auto head = stet::make_header(*plan);
    REQUIRE(head);
    for (const bool is_own : {true, false}) {
        stet::worker_threads pool(2);
        std::atomic<int>     count = 0;
        endless_share        endless;
        counted_share        failing;
        endless.count = &count;
        failing.count = &count;
        const stet::error failure{.code = errc::disk_full};
        if (!is_own)
            failing.outcome = failure;
        joint_write all(*head, {}, 0);
        all.give(pool.jobs(), endless);
        all.give(pool.jobs(), failing);
        CHECK(support::failure(all.finish(is_own ? stet::result<void>(failure) : stet::result<void>())) ==
              "disk_full");
    }
}

TEST_CASE("a joint write that goes out of scope stops its shares and waits for them", "[thread]")
{
    const support::mixed_checkpoint sample;
    const auto                      plan = sample.plan();
    REQUIRE(plan);
    const auto head = stet::make_header(*plan);
    REQUIRE(head);
    stet::worker_threads pool(1);
    std::atomic<int>     count = 0;
    endless_share        endless;
    endless.count = &count;
    {
        joint_write all(*head, {}, 0);
        all.give(pool.jobs(), endless);
        while (count < 10) {
        }
    }
    const int at_end = count;
    CHECK(at_end >= 10);
    CHECK(count == at_end);
}
