// SPDX-License-Identifier: MIT
#if !defined(_WIN32)

#include "support/scratch_directory.hpp"

#include <stet/file/impl/posix_access.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace posix = stet::detail::posix;

TEST_CASE("mode and owner are set on an open file, and a file without an access list has an empty one")
{
    const support::scratch_directory here;
    const std::string                path = here.path() + "/a";
    const int                        file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    CHECK(posix::set_mode(nullptr, file, 0640).error == 0);
    CHECK(posix::user(nullptr).value == static_cast<std::int64_t>(::geteuid()));
    CHECK(posix::set_owner(nullptr, file, ::geteuid(), ::getegid()).error == 0);
    struct ::stat facts {};
    REQUIRE(::fstat(file, &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0640);
#if defined(__linux__)
    std::array<char, 256> list{};
    const auto read = posix::read_acl(nullptr, stet::no_handle, path.c_str(), list.data(), list.size());
    CHECK((read.error == 0 && read.value == 0));
#endif
    ::close(file);
}

#endif
