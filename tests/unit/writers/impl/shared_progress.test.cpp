// SPDX-License-Identifier: MIT
#include <stet/writers/impl/shared_progress.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>

using stet::errc;
using stet::detail::shared_progress;

TEST_CASE("the progress of parts is told as that of the whole")
{
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    const auto    see = [&](const stet::progress& at) {
        done = at.bytes_done;
        total = at.bytes_total;
        return true;
    };
    shared_progress       whole(see, 100, 10);
    shared_progress::part first(whole, 10);
    shared_progress::part second(whole, 60);

    CHECK(second({.bytes_done = 65, .bytes_total = 100, .tensor = {}}));
    CHECK(done == 15);
    CHECK(first({.bytes_done = 30, .bytes_total = 100, .tensor = {}}));
    CHECK(done == 35);
    CHECK(second({.bytes_done = 100, .bytes_total = 100, .tensor = {}}));
    CHECK(done == 70);
    CHECK(total == 100);
    CHECK(whole.outcome());
}

TEST_CASE("when the caller says no, every part is told to stop and the caller is not asked again")
{
    int                   asked = 0;
    const auto            refuse = [&](const stet::progress&) { return ++asked < 2; };
    shared_progress       whole(refuse, 100);
    shared_progress::part first(whole, 0);
    shared_progress::part second(whole, 50);

    CHECK(first({.bytes_done = 1, .bytes_total = 100, .tensor = {}}));
    CHECK_FALSE(first({.bytes_done = 2, .bytes_total = 100, .tensor = {}}));
    CHECK_FALSE(second({.bytes_done = 51, .bytes_total = 100, .tensor = {}}));
    CHECK(asked == 2);
}

TEST_CASE("the failure that stopped all is the outcome, not that others were stopped by it")
{
    for (const bool cancelled_first : {true, false}) {
        shared_progress       whole({}, 100);
        shared_progress::part part(whole, 0);
        CHECK(part({.bytes_done = 1, .bytes_total = 100, .tensor = {}}));
        whole.end({});
        const stet::error cancelled{.code = errc::cancelled};
        const stet::error failed{.code = errc::disk_full};
        whole.end(cancelled_first ? cancelled : failed);
        CHECK_FALSE(part({.bytes_done = 2, .bytes_total = 100, .tensor = {}}));
        whole.end(cancelled_first ? failed : cancelled);
        whole.end(stet::error{.code = errc::io_failure}); // later than the first
        REQUIRE_FALSE(whole.outcome());
        CHECK(whole.outcome().error().code == errc::disk_full);
    }
}

TEST_CASE("when the whole is stopped, every part is told and the caller is not asked again")
{
    bool                  asked = false;
    const auto            see = [&](const stet::progress&) { return asked = true; };
    shared_progress       whole(see, 100);
    shared_progress::part part(whole, 0);
    whole.stop();
    CHECK_FALSE(part({.bytes_done = 1, .bytes_total = 100, .tensor = {}}));
    CHECK_FALSE(asked);
    CHECK(whole.outcome()); // nothing has failed
}
