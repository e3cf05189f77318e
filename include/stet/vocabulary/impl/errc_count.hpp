// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_ERRC_COUNT_HPP
#define STET_VOCABULARY_IMPL_ERRC_COUNT_HPP

#include "../config.hpp"
#include "../error.hpp"

#include <cstddef>

namespace STET_NAMESPACE::detail {

/// How many codes there are; codes are 1 to errc_count.
inline constexpr std::size_t errc_count = static_cast<std::size_t>(errc::foreign_prefix);

} // namespace STET_NAMESPACE::detail

#endif
