// SPDX-License-Identifier: MIT
// A kind of checkpoint has at most seven components: an eighth report is that of the prediction.
// expect: stet: a checkpoint kind has at most seven components
#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>

using part = stet::component<stet::role::model>;

struct many {
    part a, b, c, d, e, f, g, h;

#ifdef STET_BREAK
    static constexpr stet::field_list<&many::a, &many::b, &many::c, &many::d, &many::e, &many::f, &many::g,
                                      &many::h>
        fields{};
#else
    static constexpr stet::field_list<&many::a, &many::b, &many::c, &many::d, &many::e, &many::f, &many::g>
        fields{};
#endif
};

stet::result<stet::plan> plan_of(const many& checkpoint);

stet::result<stet::plan> plan_of(const many& checkpoint)
{
    return stet::make_plan(checkpoint, stet::layouts::generic{});
}
