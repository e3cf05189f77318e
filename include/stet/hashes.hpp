// SPDX-License-Identifier: MIT
// Hashes of checkpoints: of files that are there, and of files while they are saved.
#ifndef STET_HASHES_HPP
#define STET_HASHES_HPP

// IWYU pragma: begin_exports
#include "hashes/digests.hpp"
#include "hashes/hash_checkpoint.hpp"
#include "hashes/while_saving.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
