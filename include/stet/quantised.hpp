// SPDX-License-Identifier: MIT
// Quantised layers of checkpoints: what they are, whether a file holds what it says, their values, and layers made of
// values.
#ifndef STET_QUANTISED_HPP
#define STET_QUANTISED_HPP

// IWYU pragma: begin_exports
#include "quantised/dequantised.hpp"
#include "quantised/encoded.hpp"
#include "quantised/find_layers.hpp"
#include "quantised/layer.hpp"
#include "quantised/verify.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
