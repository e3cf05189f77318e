// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/out_of_memory.hpp>

static_assert(stet::detail::out_of_memory(7).code == stet::errc::out_of_memory);
static_assert(stet::detail::out_of_memory(7).expected == 7);
static_assert(stet::detail::out_of_memory(7).os_code == 0, "the system was not asked");
