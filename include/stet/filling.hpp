// SPDX-License-Identifier: MIT
// Layout first, bytes later: a file that threads, processes and machines fill together.
#ifndef STET_FILLING_HPP
#define STET_FILLING_HPP

// IWYU pragma: begin_exports
#include "filling/coverage.hpp"
#include "filling/unfilled_file.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
