// SPDX-License-Identifier: MIT
// Every face.
#ifndef STET_ALL_HPP
#define STET_ALL_HPP

// IWYU pragma: begin_exports
#include "comfyui.hpp"
#include "file/abandoned_parts.hpp"
#include "metadata.hpp"
#include "read.hpp"
#include "split.hpp"
#include "stet.hpp"
#include "writers.hpp"
// IWYU pragma: end_exports

#endif
