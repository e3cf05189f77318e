// SPDX-License-Identifier: MIT
#include <stet/vocabulary/limits.hpp>

static_assert(stet::max_header_size == 100'000'000);
