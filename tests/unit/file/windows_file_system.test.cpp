// SPDX-License-Identifier: MIT
#include <stet/file/windows_file_system.hpp>

#if !defined(_WIN32)

namespace stet::inline v0_1::detail {

// The header is empty here: with its namespace this would not compile.
struct windows {
    int value;
};

} // namespace stet::inline v0_1::detail

static_assert(sizeof(stet::detail::windows) == sizeof(int), "elsewhere than on Windows the header is empty");

#endif
