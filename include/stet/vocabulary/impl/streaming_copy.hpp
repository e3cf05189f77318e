// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_STREAMING_COPY_HPP
#define STET_VOCABULARY_IMPL_STREAMING_COPY_HPP

#include "../config.hpp"

#include <cstddef>
#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

namespace STET_NAMESPACE::detail {

/// Copies memory that the processor will not read again soon, past its caches where it can: a disk reads it next.
/// The two may overlap where `to` comes first.
void streaming_copy(std::byte* to, const std::byte* from, std::size_t size) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "streaming_copy.ipp"
#endif

#endif
