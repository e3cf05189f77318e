// SPDX-License-Identifier: MIT
// What each family knows is tested in families.test.cpp, for all of them; here, that the header stands alone.
#include <stet/families/video_families.hpp>

static_assert(stet::families::wan21_t2v::name == "WAN21_T2V");
static_assert(stet::families::hunyuan3d_v2::name == "Hunyuan3Dv2");
static_assert(stet::families::ace_step::name == "ACEStep");
