// SPDX-License-Identifier: MIT
#include "../native_file_system.hpp"
#include "posix_file_system.hpp"
#include "windows_file_system.hpp"

namespace STET_NAMESPACE {

STET_INLINE const file_system& native_file_system() noexcept
{
    static constexpr file_system calls = detail::native_calls();
    return calls;
}

} // namespace STET_NAMESPACE
