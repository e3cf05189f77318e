// SPDX-License-Identifier: MIT
// A header speaks of its plan until it is written.
// expect-gcc: use of deleted function
// expect-gcc: make_header(const plan&&
// expect-clang: call to deleted function 'make_header'
#include <stet/header/header.hpp>

bool                     is_sound(const stet::result<stet::plan>& tensors);
stet::result<stet::plan> load();

bool is_sound([[maybe_unused]] const stet::result<stet::plan>& tensors)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::make_header(*load()));
#else
    return static_cast<bool>(stet::make_header(*tensors));
#endif
}
