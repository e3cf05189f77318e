// SPDX-License-Identifier: MIT
// A text rule of one's own has to say how it is undone.
// expect: nothing says how this layout's text rule is undone; specialise stet::inverse_of for it
#include <stet/split/split.hpp>

#include <array>
#include <string_view>

struct my_rule {
    static stet::result<void> apply(stet::rearrangement& work) { return work.rename_prefix("", "my."); }
};

#ifndef STET_BREAK
template <>
struct stet::inverse_of<my_rule> {
    static constexpr std::array<std::string_view, 1> prefixes{"my."};

    static result<void> invert(splitting& work, ordered_dict& out) { return work.take("my.", "", out); }
};
#endif

using my_layout =
    stet::layouts::with_text_rule<stet::prefix_layout<stet::under<stet::role::model, "model.">>, my_rule>;

bool is_split();

bool is_split()
{
    return static_cast<bool>(stet::split<my_layout>(stet::no_entries));
}
