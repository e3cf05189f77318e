// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/os_error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>

using stet::errc;
using stet::detail::errc_of;
using stet::detail::is_not_offered;
using stet::detail::os_error;

TEST_CASE("what the system says is told by what it means for a save")
{
    CHECK(errc_of(ENOENT) == errc::folder_missing);
    CHECK(errc_of(EEXIST) == errc::name_taken);
    CHECK(errc_of(EACCES) == errc::permission_denied);
    CHECK(errc_of(ENOSPC) == errc::disk_full);
    CHECK(errc_of(ENOMEM) == errc::out_of_memory);
    CHECK(errc_of(EIO) == errc::io_failure);
}

TEST_CASE("a call that a system lacks is told from one that failed")
{
    CHECK((is_not_offered(ENOSYS) && is_not_offered(EINVAL) && is_not_offered(ENOTSUP)));
    CHECK_FALSE((is_not_offered(EIO) || is_not_offered(EPERM) || is_not_offered(0)));
}

TEST_CASE("an error of the system names its number and the path")
{
    const stet::error failed = os_error(EROFS, stet::detail::system_step::create, "/a/b");
    CHECK(failed.code == errc::read_only_file_system);
    CHECK(failed.os_code == EROFS);
    CHECK(failed.step == stet::detail::system_step::create);
    CHECK(failed.subject() == "/a/b");
}
