// SPDX-License-Identifier: MIT
#ifndef STET_FILE_LOCAL_TIME_HPP
#define STET_FILE_LOCAL_TIME_HPP

#include "../naming/placeholders.hpp"
#include "../vocabulary/config.hpp"

#include <optional>

namespace STET_NAMESPACE {

/// Now, by the machine's clock in its own time zone; nothing if the system cannot tell.
std::optional<calendar_time> local_time() noexcept;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/local_time.ipp"
#endif

#endif
