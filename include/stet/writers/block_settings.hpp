// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_BLOCK_SETTINGS_HPP
#define STET_WRITERS_BLOCK_SETTINGS_HPP

#include "../vocabulary/config.hpp"
#include "executor.hpp"

#include <cstddef>

namespace STET_NAMESPACE {

/// A ring of staging blocks, and who writes them. A writer takes fewer and smaller blocks where a file is small.
struct block_settings {
    std::size_t block_size = std::size_t{1} << 22U; ///< bytes; a multiple of direct_alignment
    unsigned    blocks = 8;                         ///< 2 to 32
    executor    jobs{}; ///< empty: the kernel's queue, or threads of the save's own
};

} // namespace STET_NAMESPACE

#endif
