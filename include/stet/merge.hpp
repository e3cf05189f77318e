// SPDX-License-Identifier: MIT
// Merging: two or three checkpoints become one, number by number, while it is saved.
#ifndef STET_MERGE_HPP
#define STET_MERGE_HPP

#include "merge/merged_model.hpp"
#include "merge/recipe.hpp"
#include "quantised/dequantised.hpp"
#include "read/checkpoint_reader.hpp"
#include "vocabulary/message.hpp"

#endif
