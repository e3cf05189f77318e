// SPDX-License-Identifier: MIT
// Other floating dtypes: elements cast to the bit as torch does it.
#ifndef STET_CASTS_HPP
#define STET_CASTS_HPP

// IWYU pragma: begin_exports
#include "tensor/casts.hpp"
#include "tensor/half.hpp"
// IWYU pragma: end_exports

#endif
