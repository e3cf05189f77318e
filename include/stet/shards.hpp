// SPDX-License-Identifier: MIT
// Sets of files: split and indexed as the field's libraries do, saved as one, read as one.
#ifndef STET_SHARDS_HPP
#define STET_SHARDS_HPP

// IWYU pragma: begin_exports
#include "shards/index.hpp"
#include "shards/mapped_set.hpp"
#include "shards/save_shards.hpp"
#include "shards/sharding.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
