// SPDX-License-Identifier: MIT
// Boxes of tensors read from a file near or far away, by as few and as short requests as can be.
#ifndef STET_READ_PLAN_HPP
#define STET_READ_PLAN_HPP

// IWYU pragma: begin_exports
#include "read_plans/read.hpp"
#include "read_plans/read_plan.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
