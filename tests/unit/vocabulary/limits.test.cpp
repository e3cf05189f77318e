// SPDX-License-Identifier: MIT
#include <stet/vocabulary/error.hpp>

static_assert(stet::max_header_size == 100'000'000);
