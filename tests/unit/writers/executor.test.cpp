// SPDX-License-Identifier: MIT
#include <stet/writers/executor.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("an executor of nothing is empty, one with a function is not")
{
    constexpr stet::executor none;
    static_assert(!none);
    constexpr stet::executor inline_jobs{
        .run = [](void*, void (*job)(void*), void* argument) { job(argument); }};
    static_assert(inline_jobs);

    int ran = 0;
    inline_jobs.run(inline_jobs.context, [](void* count) { ++*static_cast<int*>(count); }, &ran);
    CHECK(ran == 1);
}
