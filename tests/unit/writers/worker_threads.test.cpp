// SPDX-License-Identifier: MIT
#include <stet/writers/file_writers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstddef>

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace {

void count_up(void* counter)
{
    ++*static_cast<std::atomic<int>*>(counter);
}

} // namespace

TEST_CASE("every job given to worker threads has run when they are gone", "[thread]")
{
    std::atomic<int> ran = 0;
    for (const unsigned count : {1U, 2U, 7U}) {
        ran = 0;
        {
            stet::worker_threads workers(count);
            CHECK(workers.size() == count);
            const stet::executor jobs = workers.jobs();
            for (int i = 0; i < 1000; ++i) // more than can wait
                jobs.run(jobs.context, count_up, &ran);
        }
        CHECK(ran == 1000);
    }
}

TEST_CASE("without threads a job runs at once")
{
    stet::worker_threads none(0);
    CHECK(none.size() == 0);
    std::atomic<int>     ran = 0;
    const stet::executor jobs = none.jobs();
    jobs.run(jobs.context, count_up, &ran);
    CHECK(ran == 1);
}

TEST_CASE("a job may give further jobs", "[thread]")
{
    struct chain {
        stet::executor             jobs;
        std::atomic<int>           left = 500;
        stet::detail::pending_jobs pending{};

        static void next(void* itself)
        {
            auto& self = *static_cast<chain*>(itself);
            if (--self.left > 0)
                self.jobs.run(self.jobs.context, next, itself);
            else
                self.pending.finish();
        }
    };
    stet::worker_threads workers(2);
    chain                links{.jobs = workers.jobs()};
    links.pending.give(links.jobs, chain::next, &links);
    links.pending.wait();
    CHECK(links.left == 0);
}

#if !defined(_WIN32)
TEST_CASE("jobs run on other threads than the one that gave them", "[thread]")
{
    struct seen {
        pthread_t                  given_on = pthread_self();
        bool                       is_same = true;
        stet::detail::pending_jobs pending{};
    };
    stet::worker_threads workers(1);
    seen                 by_job;
    by_job.pending.give(
        workers.jobs(),
        [](void* argument) {
            auto& own = *static_cast<seen*>(argument);
            own.is_same = pthread_equal(own.given_on, pthread_self()) != 0;
            own.pending.finish();
        },
        &by_job);
    by_job.pending.wait();
    CHECK_FALSE(by_job.is_same);
}
#endif

TEST_CASE("no more threads are started than can be kept", "[thread]")
{
    std::atomic<int> ran = 0;
    {
        stet::worker_threads workers(1000);
        CHECK(workers.size() == stet::worker_threads::most);
        const stet::executor jobs = workers.jobs();
        for (int i = 0; i < 100; ++i)
            jobs.run(jobs.context, count_up, &ran);
    }
    CHECK(ran == 100);
}
