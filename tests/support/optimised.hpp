// SPDX-License-Identifier: MIT
// A sweep takes many times as long in a build that is not optimised, or is sanitized as well: it is smaller there.
#ifndef STET_TESTS_SUPPORT_OPTIMISED_HPP
#define STET_TESTS_SUPPORT_OPTIMISED_HPP

namespace support {

#ifdef __OPTIMIZE__
inline constexpr bool is_optimised = true;
#else
inline constexpr bool is_optimised = false;
#endif

} // namespace support

#endif
