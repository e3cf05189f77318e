// SPDX-License-Identifier: MIT
#ifndef STET_FILE_NATIVE_FILE_SYSTEM_HPP
#define STET_FILE_NATIVE_FILE_SYSTEM_HPP

#include "../naming/output_name.hpp"
#include "../vocabulary/config.hpp"

#include <optional>

namespace STET_NAMESPACE {

struct file_system;

/// The system's own calls, in file_system.hpp's table. It lasts as long as the program.
const file_system& native_file_system() noexcept;

/// Now, by the machine's clock in its own time zone; nothing if the system cannot tell.
std::optional<calendar_time> local_time() noexcept;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/native_file_system.ipp"
#endif

#endif
