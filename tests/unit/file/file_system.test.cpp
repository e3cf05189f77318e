// SPDX-License-Identifier: MIT
#include <stet/file/file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <type_traits>

using stet::errc;
using stet::detail::errc_of;
using stet::detail::is_not_offered;

static_assert(std::is_trivially_copyable_v<stet::file_system>);
static_assert(stet::clone_alignment == 4096, "the block of every file system that shares blocks");

TEST_CASE("every errno that a user can do something about has a code of its own")
{
    struct row {
        int  os_code;
        errc code;
    };
    for (const row& given : {row{ENOENT, errc::folder_missing},
                             row{ENOTDIR, errc::folder_missing},
                             row{EEXIST, errc::name_taken},
                             row{EACCES, errc::permission_denied},
                             row{EPERM, errc::permission_denied},
                             row{EBUSY, errc::file_in_use},
                             row{EROFS, errc::read_only_file_system},
                             row{ENOSPC, errc::disk_full},
#if defined(EDQUOT)
                             row{EDQUOT, errc::disk_full},
#endif
                             row{EFBIG, errc::file_too_large},
                             row{ENAMETOOLONG, errc::file_name_too_long},
                             row{EMFILE, errc::too_many_open_files},
                             row{ENFILE, errc::too_many_open_files},
                             row{ELOOP, errc::too_many_links},
                             row{EISDIR, errc::not_a_regular_file},
                             row{ENXIO, errc::not_a_regular_file},
                             row{ENOMEM, errc::out_of_memory},
                             row{EIO, errc::io_failure},
                             row{EBADF, errc::io_failure},
                             row{0, errc::io_failure},
                             row{123'456, errc::io_failure}})
    {
        CAPTURE(given.os_code);
        CHECK(errc_of(given.os_code) == given.code);
    }
}

TEST_CASE("only a missing feature counts as not offered")
{
    for (const int os_code : {ENOSYS, EINVAL, ENOTSUP, EOPNOTSUPP})
        CHECK(is_not_offered(os_code));
    for (const int os_code : {0, EIO, ENOSPC, EPERM, EACCES, EFBIG, EINTR})
        CHECK_FALSE(is_not_offered(os_code));
}

TEST_CASE("an error of the system keeps its number and says of what")
{
    const stet::error failed = stet::detail::os_error(ENOSPC, stet::detail::system_step::create, "a/b");
    CHECK(failed.code == errc::disk_full);
    CHECK(failed.os_code == ENOSPC);
    CHECK(failed.subject() == "a/b");
}

TEST_CASE("a table without more tells A from a and allows the names the system allows")
{
    constexpr stet::file_system calls;
    STATIC_REQUIRE(calls.letters == stet::name_case::sensitive);
    STATIC_REQUIRE(calls.paths == stet::native_paths);
    STATIC_REQUIRE(calls.exchange == nullptr);
}
