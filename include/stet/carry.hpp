// SPDX-License-Identifier: MIT
// What goes with tensors that move to another file: their metadata, by a rule for each key, and what it says of them.
#ifndef STET_CARRY_HPP
#define STET_CARRY_HPP

// IWYU pragma: begin_exports
#include "carry/carried.hpp"
#include "carry/carry_metadata.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
