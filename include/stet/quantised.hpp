// SPDX-License-Identifier: MIT
// Quantised layers of checkpoints: what they are, and whether a file holds what it says.
#ifndef STET_QUANTISED_HPP
#define STET_QUANTISED_HPP

// IWYU pragma: begin_exports
#include "quantised/find_layers.hpp"
#include "quantised/layer.hpp"
#include "quantised/verify.hpp"
// IWYU pragma: end_exports

#endif
