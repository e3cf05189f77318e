// SPDX-License-Identifier: MIT
// A component and a kind of checkpoint that the library does not know.
#ifndef STET_TESTS_SUPPORT_WITH_SOUND_HPP
#define STET_TESTS_SUPPORT_WITH_SOUND_HPP

#include <stet/state/checkpoint.hpp>

#include <string_view>

namespace support {

/// A role.
struct audio {
    static constexpr std::string_view name = "audio decoder";
};

struct with_sound {
    stet::component<stet::role::model> model;
    stet::component<audio>             decoder;

    static constexpr stet::field_list<&with_sound::model, &with_sound::decoder> fields{};
};

} // namespace support

#endif
