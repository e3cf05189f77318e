// SPDX-License-Identifier: MIT
// One role cannot go under two prefixes.
// expect: stet: this layout has two prefixes for one role; keep one under<role,
// expect: rule for each role
#include <stet/layout/family.hpp>

namespace role = stet::role;

using layout = stet::prefix_layout<stet::under<role::model, "model.">, stet::under<role::vae, "vae.">
#ifdef STET_BREAK
                                   ,
                                   stet::under<role::model, "unet.">
#endif
                                   >;

stet::placed_name name_of(std::string_view key);

stet::placed_name name_of(std::string_view key)
{
    return layout::place(role::vae{}, key);
}
