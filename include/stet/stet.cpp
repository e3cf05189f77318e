// SPDX-License-Identifier: MIT
// The one file that a build compiles when STET_HEADER_ONLY is 0.
#define STET_IMPLEMENTATION
#include "all.hpp"
