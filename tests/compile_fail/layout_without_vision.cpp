// SPDX-License-Identifier: MIT
// Flux has no place for a vision encoder; ComfyUI would save one where no loader looks for it.
// expect: for a vision encoder, with_unprefixed_vision<Layout> saves it as ComfyUI does
#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>

#ifdef STET_BREAK
using layout = stet::families::flux;
#else
using layout = stet::with_unprefixed_vision<stet::families::flux>;
#endif

stet::result<stet::plan> plan_of(const stet::image_only& checkpoint);

stet::result<stet::plan> plan_of(const stet::image_only& checkpoint)
{
    return stet::make_plan(checkpoint, layout{});
}
