// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_PREFETCH_HPP
#define STET_VOCABULARY_IMPL_PREFETCH_HPP

#include "../config.hpp"

#include <cstddef>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// How many elements ahead a loop over scattered texts asks for: enough to cover one wait for memory.
inline constexpr std::size_t prefetch_distance = 12;

/// Asks the machine to bring the cache line at an address closer; says nothing about whether anything lies there, and
/// does nothing where the compiler has no word for it.
void prefetch([[maybe_unused]] const void* address) noexcept;

/// The same for a text that is about to be read as a whole: most names lie in two cache lines at most.
void prefetch_text(std::string_view text) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "prefetch.ipp"
#endif

#endif
