// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_LIMITS_HPP
#define STET_VOCABULARY_LIMITS_HPP

#include "config.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// The largest header that the format allows, in bytes, padding included: none larger is written or read.
/// source: safetensors 0.8, MAX_HEADER_SIZE
inline constexpr std::uint64_t max_header_size = 100'000'000;

} // namespace STET_NAMESPACE

#endif
