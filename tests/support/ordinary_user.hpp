// SPDX-License-Identifier: MIT
// A child that is not root. POSIX only.
#ifndef STET_TESTS_SUPPORT_ORDINARY_USER_HPP
#define STET_TESTS_SUPPORT_ORDINARY_USER_HPP

#if !defined(_WIN32)

#include <grp.h>
#include <unistd.h>

namespace support {

/// Becomes an ordinary user, for whom permissions mean something.
inline bool is_ordinary_user()
{
    constexpr unsigned nobody = 65'534;
    if (::getuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0))
        return false;
    return ::geteuid() != 0;
}

} // namespace support

#endif

#endif
