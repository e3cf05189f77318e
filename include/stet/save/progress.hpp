// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_PROGRESS_HPP
#define STET_SAVE_PROGRESS_HPP

#include "../layout/placed_name.hpp"
#include "../vocabulary/function_ref.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// How far a save has come.
struct progress {
    std::uint64_t bytes_done; ///< of the file, header included
    std::uint64_t bytes_total;
    placed_name   tensor; ///< the one being written
};

/// Called before each tensor, every sixteen megabytes of one, and at the end. Returning false cancels the save, which
/// then leaves nothing behind.
using progress_callback = function_ref<bool(const progress&)>;

} // namespace STET_NAMESPACE

#endif
