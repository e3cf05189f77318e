// SPDX-License-Identifier: MIT
#include <stet/file/impl/windows_errors.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>

using stet::detail::windows::errno_of;

TEST_CASE("what is missing is told from what is taken")
{
    STATIC_CHECK(errno_of(2) == ENOENT);   // file not found
    STATIC_CHECK(errno_of(3) == ENOENT);   // path not found
    STATIC_CHECK(errno_of(80) == EEXIST);  // file exists
    STATIC_CHECK(errno_of(183) == EEXIST); // already exists
}

TEST_CASE("a file that somebody holds open or mapped is one without permission")
{
    for (const unsigned long code : {5UL, 32UL, 33UL, 303UL, 1224UL, 1920UL})
        CHECK(errno_of(code) == EACCES);
}

TEST_CASE("a full disk and a used-up quota are no space")
{
    for (const unsigned long code : {39UL, 112UL, 1295UL})
        CHECK(errno_of(code) == ENOSPC);
}

TEST_CASE("limits and states of a system have their own errno")
{
    STATIC_CHECK(errno_of(4) == EMFILE);
    STATIC_CHECK(errno_of(8) == ENOMEM);
    STATIC_CHECK(errno_of(19) == EROFS);
    STATIC_CHECK(errno_of(50) == ENOTSUP);
    STATIC_CHECK(errno_of(206) == ENAMETOOLONG);
    STATIC_CHECK(errno_of(223) == EFBIG);
    STATIC_CHECK(errno_of(267) == ENOTDIR);
    STATIC_CHECK(errno_of(1314) == EPERM);
    STATIC_CHECK(errno_of(1921) == ELOOP);
}

TEST_CASE("a server that cannot be found is not a folder that could be created")
{
    for (const unsigned long code : {51UL, 53UL, 64UL, 66UL, 67UL, 1231UL})
        CHECK(errno_of(code) == EIO);
}

TEST_CASE("no error is ever taken for success")
{
    bool all_fail = true;
    for (unsigned long code = 1; code < 16000; ++code)
        all_fail = all_fail && errno_of(code) != 0;
    CHECK(all_fail);
}
