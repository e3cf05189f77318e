// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_STOP_HPP
#define STET_VOCABULARY_IMPL_STOP_HPP

#include "../config.hpp"

#if !defined(__GNUC__) && defined(_MSC_VER)
#include <intrin.h>
#endif

namespace STET_NAMESPACE::detail {

/// Ends the program where it stands: one instruction that no build leaves out, for a debugger to stop at.
[[noreturn]] inline void stop() noexcept
{
#if defined(__GNUC__)
    __builtin_trap();
#elif defined(_MSC_VER)
    __fastfail(7); // FAST_FAIL_FATAL_APP_EXIT
#else
    for (const volatile bool forever = true; forever;) {
    }
#endif
}

} // namespace STET_NAMESPACE::detail

#endif
