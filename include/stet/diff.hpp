// SPDX-License-Identifier: MIT
// Two files compared: what is equal, how far the rest is apart, what is missing and what is renamed.
#ifndef STET_DIFF_HPP
#define STET_DIFF_HPP

// IWYU pragma: begin_exports
#include "diffs/diff.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
