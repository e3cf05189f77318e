// SPDX-License-Identifier: MIT
// The ways an edit can be asked for, and the file each is asked of.
#ifndef STET_TESTS_SUPPORT_EDIT_SCENES_HPP
#define STET_TESTS_SUPPORT_EDIT_SCENES_HPP

#include "support/file_to_edit.hpp"

#include <stet/edit/edit.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace support {

struct edit_scene {
    std::string_view name;
    stet::edit::way  way;
    std::size_t      title_size;                      ///< of the title it sets
    bool             fills = false;                   ///< a slot instead
    bool             copies = false;                  ///< writes the edited file beside, under "copy"
    stet::edit::done done = stet::edit::done::copied; ///< what a system that shares no blocks does
    std::string_view path = "x";                      ///< relative to the folder

    /// The file, which has room for some hundreds of letters.
    static std::string old_content()
    {
        return file_to_edit({{"author", std::string(800, 'o')},
                             {"c2pa:manifest", stet::edit::slot_text(600)},
                             {"title", "old"}},
                            900, 12'345);
    }

    /// folder: with a '/' at its end
    stet::result<stet::edit::edited> edit(const std::string& folder, stet::durability lasting,
                                          const stet::file_system& calls) const
    {
        const std::string         copy = folder + "copy";
        const stet::edit::options how{.way = way,
                                      .durability = lasting,
                                      .copy_to = copies ? std::string_view(copy) : std::string_view(),
                                      .existing = stet::existing_file::replace,
                                      .file_system = &calls};
        const std::string         title(title_size, 'n');
        if (fills)
            return stet::edit::fill(folder + std::string(path), stet::edit::c2pa_key, std::string(800, 'B'),
                                    how);
        return stet::edit::apply(folder + std::string(path),
                                 {.set = {{"title", title}, {"author", std::string(800, 'n')}}}, how);
    }

    std::string_view edited() const noexcept { return copies ? "copy" : "x"; }
};

inline constexpr std::array<edit_scene, 7> edit_scenes{{
    {.name = "whole, fits", .way = stet::edit::way::whole, .title_size = 500},
    {.name = "whole, grows", .way = stet::edit::way::whole, .title_size = 5000},
    {.name = "whole, copied", .way = stet::edit::way::whole, .title_size = 500, .copies = true},
    {.name = "whole, through a link", .way = stet::edit::way::whole, .title_size = 500, .path = "link"},
    {.name = "in place, fits",
     .way = stet::edit::way::in_place,
     .title_size = 500,
     .done = stet::edit::done::with_undo},
    {.name = "in place, grows", .way = stet::edit::way::in_place, .title_size = 5000},
    {.name = "in place, filled",
     .way = stet::edit::way::in_place,
     .title_size = 0,
     .fills = true,
     .done = stet::edit::done::with_undo},
}};

} // namespace support

#endif
