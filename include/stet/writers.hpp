// SPDX-License-Identifier: MIT
// Other ways to write the same bytes: past the system's cache, by several threads, by shared blocks, in the background.
#ifndef STET_WRITERS_HPP
#define STET_WRITERS_HPP

// IWYU pragma: begin_exports
#include "vocabulary/message.hpp"
#include "writers/background_save.hpp"
#include "writers/executor.hpp"
#include "writers/file_writers.hpp"
// IWYU pragma: end_exports

#endif
