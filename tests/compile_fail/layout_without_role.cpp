// SPDX-License-Identifier: MIT
// The layout of Flux has no place for a vision encoder.
// expect: stet: this layout has no place for a role the checkpoint carries; add an under<role,
// expect: rule or a place() overload, or choose a layout that has one
#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>

#ifdef STET_BREAK
using layout = stet::layouts::generic;
#else
using layout = stet::layouts::svd;
#endif

stet::result<stet::plan> plan_of(const stet::image_only& checkpoint);

stet::result<stet::plan> plan_of(const stet::image_only& checkpoint)
{
    return stet::make_plan(checkpoint, layout{});
}
