// SPDX-License-Identifier: MIT
// What each family knows is tested in families.test.cpp, for all of them; here, that the header stands alone.
#include <stet/families/image_families.hpp>

static_assert(stet::families::flux::name == "Flux");
static_assert(stet::families::krea2::name == "Krea2");
static_assert(stet::families::chroma::name == "Chroma");
