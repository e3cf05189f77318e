// SPDX-License-Identifier: MIT
#include <stet/file/impl/windows_file_system.hpp>

#if !defined(_WIN32)

namespace STET_NAMESPACE::detail {

// The header is empty here: with its namespace this would not compile.
struct windows {
    int value;
};

} // namespace STET_NAMESPACE::detail

static_assert(sizeof(stet::detail::windows) == sizeof(int), "elsewhere than on Windows the header is empty");

#endif
