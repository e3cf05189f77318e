// SPDX-License-Identifier: MIT
#ifndef STET_FILE_NATIVE_FILE_SYSTEM_HPP
#define STET_FILE_NATIVE_FILE_SYSTEM_HPP

#include "file_system.hpp"
#include "posix_file_system.hpp"
#include "windows_file_system.hpp"

namespace stet::inline v0_1 {

/// The table of the system's own calls, for those who need it to outlive a call.
inline constexpr file_system native_calls = native_file_system();

} // namespace stet::inline v0_1

#endif
