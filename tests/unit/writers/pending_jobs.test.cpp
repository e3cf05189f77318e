// SPDX-License-Identifier: MIT
#include <stet/writers/executor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>

TEST_CASE("without jobs there is nothing to wait for")
{
    stet::detail::pending_jobs pending;
    CHECK(pending.are_done());
    pending.wait();
}

TEST_CASE("waiting ends when every job has finished", "[thread]")
{
    struct share {
        stet::detail::pending_jobs* pending;
        std::atomic<int>*           ended;
    };
    stet::worker_threads workers(3);
    const stet::executor jobs = workers.jobs();
    for (int round = 0; round < 200; ++round) {
        stet::detail::pending_jobs pending;
        std::atomic<int>           ended = 0;
        std::array<share, 5>       shares;
        for (share& each : shares) {
            each = {.pending = &pending, .ended = &ended};
            pending.give(
                jobs,
                [](void* argument) {
                    const share own = *static_cast<share*>(argument);
                    ++*own.ended;
                    own.pending->finish();
                },
                &each);
        }
        pending.wait();
        CHECK(ended == 5);
        CHECK(pending.are_done());
    }
}

TEST_CASE("without an executor a job runs at once, on the thread that gives it")
{
    struct share {
        stet::detail::pending_jobs pending{};
        bool                       has_run = false;
    } own;
    own.pending.give(
        {},
        [](void* argument) {
            auto& of = *static_cast<share*>(argument);
            CHECK_FALSE(of.pending.are_done());
            of.has_run = true;
            of.pending.finish();
        },
        &own);
    CHECK(own.has_run);
    CHECK(own.pending.are_done());
}
