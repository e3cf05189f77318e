// SPDX-License-Identifier: MIT
#ifndef STET_FILE_NATIVE_FILE_SYSTEM_HPP
#define STET_FILE_NATIVE_FILE_SYSTEM_HPP

#include "file_system.hpp"
#include "impl/posix_file_system.hpp"
#include "impl/windows_file_system.hpp"

namespace STET_NAMESPACE {

/// The table of the system's own calls, for those who need it to outlive a call.
inline constexpr file_system native_calls = detail::native_file_system();

} // namespace STET_NAMESPACE

#endif
