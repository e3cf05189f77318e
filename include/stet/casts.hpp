// SPDX-License-Identifier: MIT
// Other floating dtypes, in memory and while saving: cast to the bit as torch does it; and which tensors are saved.
#ifndef STET_CASTS_HPP
#define STET_CASTS_HPP

// IWYU pragma: begin_exports
#include "casts/cast_on_save.hpp"
#include "plan/choices.hpp"
#include "tensor/casts.hpp"
#include "tensor/half.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
