// SPDX-License-Identifier: MIT
// What each family knows is tested in families.test.cpp, for all of them; here, that the header stands alone.
#include <stet/families/families.hpp>

static_assert(stet::families::sdxl::name == "SDXL");
static_assert(stet::families::svd_img2vid::name == "SVD_img2vid");
static_assert(stet::families::stable_audio3::name == "StableAudio3");
