// SPDX-License-Identifier: MIT
#include <stet/writers/impl/thread.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("a thread runs its function before it is joined", "[thread]")
{
    int ran = 0;
    {
        stet::detail::thread started([](void* count) { ++*static_cast<int*>(count); }, &ran);
        REQUIRE(started.is_running());
        started.join();
        CHECK_FALSE(started.is_running());
        CHECK(ran == 1);
        started.join(); // a second time is nothing
    }
    CHECK(ran == 1);
}

TEST_CASE("a thread is joined on destruction", "[thread]")
{
    int ran = 0;
    {
        const stet::detail::thread started([](void* count) { ++*static_cast<int*>(count); }, &ran);
    }
    CHECK(ran == 1);
}

TEST_CASE("a thread that was never started has nothing to join")
{
    stet::detail::thread none;
    CHECK_FALSE(none.is_running());
    none.join();
}
