// SPDX-License-Identifier: MIT
// The sentence is the same for a save in one call.
// expect: stet: this layout has no place for a role the checkpoint carries; add an under<role,
// expect: rule or a place() overload, or choose a layout that has one
#include <stet/families/layouts.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>

#ifdef STET_BREAK
using layout = stet::layouts::sd1;
#else
using layout = stet::layouts::hunyuan3d;
#endif

bool save_to(stet::counting_sink& destination, const stet::image_only& checkpoint);

bool save_to(stet::counting_sink& destination, const stet::image_only& checkpoint)
{
    return static_cast<bool>(stet::save(checkpoint, layout{}, destination));
}
